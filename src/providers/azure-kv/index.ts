import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { decrypt, encrypt, newestVersion } from "./client.ts";
import { AZURE_KV } from "./key-type.ts";
import { keyOfParts, parseKeyUrl, partsOf, refOf, urlOf, vaultKeyOf } from "./vault-key.ts";
import { textsOf } from "../entry-text.ts";

/**
 * Keys of Azure Key Vault (format.md 11). `enc` is the RSA-OAEP-256 ciphertext in base64url without padding. Both
 * directions are done by the vault; the private key never leaves it.
 */
export const provider: KeyProvider = {
  type: AZURE_KV.type,
  fields: AZURE_KV.metadata.fields,

  identity: (ref) => urlOf(partsOf(ref)),

  /** URLs of keys, or `{vaultUrl, key, version}` of a key group. Throws BAD_RECIPIENT and BAD_CONFIG. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    if (isParts(entry)) return [refOf(keyOfParts(entry.vaultUrl, entry.key, entry.version ?? ""))];
    return textsOf(entry, "a key of an azure key vault").map((text) => refOf(parseKeyUrl(text)));
  },

  effort: () => "dials",

  /** Metadata names the version, so that a rotation in the vault does not change what opens a file. */
  async resolve(ref: KeyRef, host: Host, signal?: AbortSignal): Promise<KeyRef> {
    const key = vaultKeyOf(ref);
    if (key.version !== "") return ref;
    return refOf({ ...key, version: await newestVersion(key, host, signal) });
  },

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    return toBase64Url(await encrypt(vaultKeyOf(ref), dataKey, host, signal));
  },

  async unwrap(wrapped: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    const key = vaultKeyOf(wrapped);
    const ciphertext = fromBase64Url(wrapped.enc);
    if (ciphertext === null || ciphertext.length === 0)
      throw new SopsError("UNWRAP_FAILED", `azure key vault, key ${urlOf(key)}: enc is not base64url`, {
        hint: "the file's metadata is damaged: restore it from git",
      });
    return decrypt(key, ciphertext, host, signal);
  },
};

interface Parts {
  readonly vaultUrl: string;
  readonly key: string;
  readonly version?: string;
}

function isParts(entry: unknown): entry is Parts {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return false;
  const { vaultUrl, key, version } = entry as Record<string, unknown>;
  const isVersion = version === undefined || typeof version === "string";
  return typeof vaultUrl === "string" && typeof key === "string" && isVersion;
}

/** RFC 4648 section 5, without padding. */
function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** As strict as Go's `base64.RawURLEncoding`: CR and LF are skipped, padding and the other alphabet refused with null. */
function fromBase64Url(text: string): Uint8Array | null {
  const flat = text.replace(/[\r\n]/g, "");
  if (/[^\w-]/.test(flat)) return null;
  const standard = flat.replaceAll("-", "+").replaceAll("_", "/");
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "="));
}
