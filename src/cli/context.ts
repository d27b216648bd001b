import { resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { closest } from "../core/base/suggest.ts";
import { isKeyType, KEY_TYPE_NAMES, KEY_TYPES } from "../key-types/index.ts";
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
  const host = { ...(await io.host()), typedKeys: typedKeys(args) };
  const ctx = nodeContext(host, io.interruption(), keyServices, file);
  return args.has("verbose") ? { ...ctx, recovered: tellRecovered(io) } : ctx;
}

/** Those that have the address of their server in them. */
function typedKeys(args: Args): readonly string[] {
  const flags = KEY_TYPES.filter(({ flag }) => flag.namesServer === true).map(({ flag }) => flag.long);
  const lists = flags.flatMap((long) => [...args.list(long), ...args.list(`add-${long}`)]);
  return lists.flatMap((text) => text.split(",").map((uri) => uri.trim()));
}

/** In the words of sops: programs that run it with `--verbose` look for them (helm-secrets). */
function tellRecovered(io: Io): () => void {
  return () => {
    io.note("Data key recovered successfully");
  };
}

/**
 * How a sealed file is opened. Throws DUPLICATE_KEY_TYPE for an order that cannot be meant. A name that is no type of key
 * only gets a note: it moves no key, as in sops, where it may be a type of a version to come.
 */
export function openSettings(args: Args, io: Io): OpenSettings {
  const decryptionOrder = orderOf(args.text("decryption-order"));
  for (const type of decryptionOrder ?? []) if (!isKeyType(type)) io.note(unknownType(type));
  return { ignoreMac: args.has("ignore-mac"), decryptionOrder };
}

function orderOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === "") return undefined;
  const order = text.split(",").map((word) => word.trim());
  const twice = order.find((type, i) => order.indexOf(type) !== i);
  if (twice === undefined) return order;
  throw new SopsError("DUPLICATE_KEY_TYPE", `the decryption order names ${twice} twice`, {
    hint: "name each type once",
  });
}

function unknownType(name: string): string {
  const near = closest(name, KEY_TYPE_NAMES);
  const meant = near === undefined ? `one of ${KEY_TYPE_NAMES.join(", ")}` : `did you mean ${near}?`;
  return `the decryption order names an unknown key type ${name}, which has no effect: ${meant}`;
}
