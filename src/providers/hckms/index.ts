import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { textsOf } from "../entry-text.ts";
import { callKms } from "./call.ts";
import { keyIdOf, parseKeyId } from "./key-id.ts";
import { HCKMS } from "./key-type.ts";

const ALGORITHM = "SYMMETRIC_DEFAULT";

/**
 * Keys of Huawei Cloud KMS (format.md 11): `region:uuid`. `enc` is the ciphertext as the service answers it; what it
 * encrypts is the data key in standard base64.
 */
export const provider: KeyProvider = {
  type: HCKMS.type,
  fields: HCKMS.metadata.fields,

  identity: keyIdOf,

  /** A comma list of `region:uuid`, or a list of such; the objects `{key_id}` of a key group too. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    const { key_id } = (typeof entry === "object" && entry !== null ? entry : {}) as { key_id?: unknown };
    return textsOf(key_id ?? entry, "a key of huawei cloud kms").map((text) => ({
      type: "hckms",
      fields: { key_id: parseKeyId(text).id },
    }));
  },

  effort: () => "dials",

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    const key = parseKeyId(keyIdOf(ref));
    const data = { key_id: key.uuid, plain_text: toBase64(dataKey), encryption_algorithm: ALGORITHM };
    return callKms("encrypt-data", key, data, "cipher_text", host, signal);
  },

  async unwrap(wrapped: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    const key = parseKeyId(keyIdOf(wrapped));
    const data = { cipher_text: wrapped.enc, encryption_algorithm: ALGORITHM, key_id: key.uuid };
    const dataKey = fromBase64(await callKms("decrypt-data", key, data, "plain_text", host, signal));
    if (dataKey !== null) return dataKey;
    throw new SopsError("UNWRAP_FAILED", `huawei cloud kms, key ${key.id}: the answer is not base64`, {
      hint: "the key was used for something else than a file of SOPS",
    });
  },
};
