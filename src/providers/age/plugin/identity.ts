import { tryFromUtf8 } from "../../../core/base/bytes.ts";
import type { Host } from "../../../core/ports/host.ts";
import type { Primitives } from "../../../core/ports/primitives.ts";
import type { Stanza } from "../header.ts";
import type { OwnIdentity } from "../identity.ts";
import { PluginConnection } from "./connection.ts";

/** A file whose key is wanted of a plugin. */
interface Wanted {
  readonly stanzas: readonly Stanza[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (fileKey: Uint8Array | null) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The identities of one plugin in one place, behind the interface of age-encryption: the state machine identity-v1 of
 * age-plugin-NAME. The plugin runs once for all files that are waiting when it starts, and never twice at a time: a
 * token has one user. Files that come while it runs wait for the next run, together. A run ends with its signal, so only
 * files under one signal share it.
 */
export function pluginIdentity(
  texts: readonly string[],
  name: string,
  host: Host,
  crypto: Primitives,
): OwnIdentity {
  let waiting: Wanted[] = [];
  let running = false;
  const work = async (): Promise<void> => {
    if (running) return;
    running = true;
    // What is asked for in the same turn goes together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const signal = waiting[0]?.signal;
      const files = waiting.filter((file) => file.signal === signal);
      waiting = waiting.filter((file) => file.signal !== signal);
      await runOnce(texts, name, files, host, crypto);
    }
    running = false;
  };
  return {
    kind: "own",
    asks: true,
    mayOpen: () => true,
    identity: (signal) => ({
      unwrapFileKey: (stanzas) =>
        new Promise((resolve, reject) => {
          waiting.push({ stanzas, signal, resolve, reject });
          void work();
        }),
    }),
  };
}

/** Never rejects: each file gets its key, its null or its error. */
async function runOnce(
  texts: readonly string[],
  name: string,
  files: readonly Wanted[],
  host: Host,
  crypto: Primitives,
): Promise<void> {
  try {
    const plugin = await PluginConnection.open(name, "identity-v1", host, files[0]?.signal);
    try {
      await ask(plugin, texts, files, crypto);
      await answer(plugin, files);
    } finally {
      await plugin.close();
    }
  } catch (error) {
    for (const file of files) file.reject(error);
  }
}

async function ask(
  plugin: PluginConnection,
  texts: readonly string[],
  files: readonly Wanted[],
  crypto: Primitives,
): Promise<void> {
  for (const text of texts) await plugin.send(["add-identity", text]);
  await plugin.grease(crypto);
  for (const [index, { stanzas }] of files.entries())
    for (const { args, body } of stanzas)
      await plugin.send(["recipient-stanza", String(index), ...args], body);
  await plugin.send(["done"]);
}

/** An error about a stanza concerns its file, any other one all of them; it counts where there is no key. */
async function answer(plugin: PluginConnection, files: readonly Wanted[]): Promise<void> {
  const keys = new Map<number, Uint8Array>();
  const errors: { readonly file: number | null; readonly text: string }[] = [];
  await plugin.serve(({ args: [type, about, index = ""], body }) => {
    if (type === "file-key") keys.set(Number(about), body.slice());
    else if (type === "error")
      errors.push({ file: about === "stanza" ? Number(index) : null, text: tryFromUtf8(body) ?? "failed" });
    else return false;
    return true;
  });
  files.forEach((file, i) => {
    const texts = errors.filter((e) => e.file === null || e.file === i).map((e) => e.text);
    const key = keys.get(i) ?? null;
    if (key === null && texts.length > 0) file.reject(plugin.failed(`cannot decrypt: ${texts.join("; ")}`));
    else file.resolve(key);
  });
}
