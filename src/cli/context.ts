import { resolve } from "node:path";
import { SopsError } from "../core/errors.ts";
import { KEY_TYPES } from "../core/key.ts";
import { closest } from "../core/suggest.ts";
import { nodeContext } from "../node/context.ts";
import type { OpenSettings, OpsContext } from "../ops/context.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/**
 * The world of the use cases, with the key services that the command line names. A signal stops what works in it.
 * The audit names the first operand, which is the file of every command; `forFile` names another one.
 */
export async function opsContext(args: Args, io: Io): Promise<OpsContext> {
  const keyServices = {
    uris: args.list("keyservice").filter((uri) => uri !== ""),
    local: args.isOn("enable-local-keyservice"),
  };
  const file = resolve(io.cwd, args.positionals[0] ?? "");
  return nodeContext(await io.host(), io.interruption(), keyServices, file);
}

/** How a sealed file is opened. Throws DUPLICATE_KEY_TYPE and UNKNOWN_KEY_TYPE for an order that cannot be meant. */
export function openSettings(args: Args): OpenSettings {
  return { ignoreMac: args.has("ignore-mac"), decryptionOrder: orderOf(args.text("decryption-order")) };
}

function orderOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === "") return undefined;
  const order = text.split(",").map((word) => word.trim());
  const twice = order.find((type, i) => order.indexOf(type) !== i);
  if (twice !== undefined)
    throw new SopsError("DUPLICATE_KEY_TYPE", `the decryption order names ${twice} twice`, {
      hint: "name each type once",
    });
  const unknown = order.find((type) => !KEY_TYPES.some((known) => known === type));
  if (unknown === undefined) return order;
  const near = closest(unknown, KEY_TYPES);
  throw new SopsError("UNKNOWN_KEY_TYPE", `the decryption order names an unknown key type ${unknown}`, {
    hint: near === undefined ? `one of ${KEY_TYPES.join(", ")}` : `did you mean ${near}?`,
  });
}
