import { SopsError } from "../base/errors.ts";
import { codeOf, messageOf } from "../base/realm.ts";

/**
 * An SDK, from the file of its own that the build makes of it. `load` imports it. Throws CANNOT_LOAD, which names that
 * file: whoever bundled this package anew must know what their bundle lacks.
 */
export async function loadSdk<Sdk>(name: string, load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load();
  } catch (cause) {
    throw cannotLoad(`vendor/${name}, a file`, firstLineOf(cause), cause);
  }
}

/**
 * CANNOT_LOAD for what is thrown where any other part of ours is not there; null where it is something else. The name of
 * the part is told: Node and the bundlers say no more than that, and before anything was called.
 */
export function loadingFailure(error: unknown): SopsError | null {
  const line = firstLineOf(error);
  const isMissing =
    /^Dynamic require of "[\w./@:-]{1,200}" is not supported/.test(line) ||
    /^(?:ERR_)?MODULE_NOT_FOUND$/.test(codeOf(error) ?? "");
  return isMissing ? cannotLoad("a part", line, error) : null;
}

function cannotLoad(what: string, why: string, cause: unknown): SopsError {
  return new SopsError("CANNOT_LOAD", `cannot load ${what} of sops-ts: ${why}`, {
    hint: "install sops-ts again; in a bundle, leave sops-ts out (external) and install it beside",
    cause,
  });
}

/** Loaders add the stack of who asked. */
function firstLineOf(error: unknown): string {
  return /^[^\n]{0,300}/.exec(messageOf(error))?.[0] ?? "";
}
