import { tryFromUtf8 } from "../../../core/base/bytes.ts";
import type { Host } from "../../../core/ports/host.ts";
import type { Primitives } from "../../../core/ports/primitives.ts";
import type { Stanza } from "../header.ts";
import type { Recipient } from "../identity.ts";
import { PluginConnection } from "./connection.ts";

/** `age1NAME1...` behind the interface of age-encryption: the state machine recipient-v1 of age-plugin-NAME. */
export function pluginRecipient(
  text: string,
  name: string,
  host: Host,
  crypto: Primitives,
  signal?: AbortSignal,
): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const plugin = await PluginConnection.open(name, "recipient-v1", host, signal);
      try {
        await plugin.send(["add-recipient", text]);
        await plugin.grease(crypto);
        await plugin.send(["wrap-file-key"], fileKey);
        await plugin.send(["extension-labels"]);
        await plugin.send(["done"]);
        return await collect(plugin);
      } finally {
        await plugin.close();
      }
    },
  };
}

/** The stanzas that it makes. Labels only matter to files of several recipients, which SOPS never makes. */
async function collect(plugin: PluginConnection): Promise<Stanza[]> {
  const stanzas: Stanza[] = [];
  const errors: string[] = [];
  await plugin.serve(({ args, body }) => {
    const [type, index, ...rest] = args;
    if (type === "recipient-stanza" && index === "0" && rest.length > 0) stanzas.push({ args: rest, body });
    else if (type === "error") errors.push(tryFromUtf8(body) ?? "failed");
    else return type === "labels";
    return true;
  });
  if (errors.length > 0) throw plugin.failed(`cannot encrypt: ${errors.join("; ")}`);
  if (stanzas.length === 0) throw plugin.failed("wrapped nothing");
  return stanzas;
}
