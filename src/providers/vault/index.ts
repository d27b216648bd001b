import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { textsOf } from "../entry-text.ts";
import { VAULT } from "./key-type.ts";
import { decrypt, encrypt } from "./transit.ts";
import { identityOf, parseTransitUri, shownAddress, transitKeyOf } from "./transit-key.ts";

/**
 * Keys of a transit engine of HashiCorp Vault or OpenBao (format.md 11). `enc` is `vault:vN:...` as the server gave
 * it: it names the version of the key, so that a key that was rotated since still unwraps.
 */
export const provider: KeyProvider = {
  type: VAULT.type,
  fields: VAULT.metadata.fields,

  identity: identityOf,

  /** A comma list of URIs, or a list of such. Throws BAD_RECIPIENT, and BAD_CONFIG for anything that is not text. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    return textsOf(entry, "a Vault key URI").map(parseTransitUri);
  },

  effort: () => "dials",

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    return encrypt(transitKeyOf(ref), toBase64(dataKey), host, signal);
  },

  /** Never null: the metadata names the one key that wrapped it. */
  async unwrap(key: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array> {
    const dataKey = fromBase64(await decrypt(transitKeyOf(key), key.enc, host, signal));
    if (dataKey !== null) return dataKey;
    const name = shownAddress(identityOf(key));
    throw new SopsError("UNWRAP_FAILED", `the answer for the Vault key ${name} is not base64`, {
      hint: "check that the address is that of a Vault server",
    });
  },
};
