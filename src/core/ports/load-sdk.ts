import { SopsError } from "../base/errors.ts";
import { messageOf } from "../base/realm.ts";

/**
 * An SDK, from the file of its own that the build makes of it. `load` imports it. Throws CANNOT_LOAD, which names that
 * file: whoever bundled this package anew must know what their bundle lacks.
 */
export async function loadSdk<Sdk>(name: string, load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load();
  } catch (cause) {
    const why = messageOf(cause).split("\n")[0] ?? "";
    throw new SopsError("CANNOT_LOAD", `cannot load vendor/${name}, a file of sops-ts: ${why}`, {
      hint: "install sops-ts again; in a bundle, leave sops-ts out (external) and install it beside",
      cause,
    });
  }
}
