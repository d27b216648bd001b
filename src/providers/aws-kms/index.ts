import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { wipe } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { callKms } from "./call.ts";
import { kmsKeysFrom } from "./config.ts";
import { AWS_KMS } from "./key-type.ts";
import { kmsIdentity, kmsKeyOf } from "./key.ts";

/**
 * AWS KMS keys (format.md 11). `enc` is the base64 of a CiphertextBlob. The ARN decides the region, `role` is
 * assumed by STS, `aws_profile` replaces the credentials of the environment, `context` is bound to the ciphertext.
 */
export const provider: KeyProvider = {
  type: AWS_KMS.type,
  fields: AWS_KMS.metadata.fields,
  identity: kmsIdentity,
  fromConfig: kmsKeysFrom,
  effort: () => "dials",

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    const key = kmsKeyOf(ref);
    const { CiphertextBlob: blob } = await callKms("wrap", key, host, signal, (client, sdk) =>
      client.send(
        new sdk.EncryptCommand({ KeyId: key.arn, Plaintext: dataKey, EncryptionContext: { ...key.context } }),
      ),
    );
    if (blob !== undefined && blob.length > 0) return toBase64(blob);
    throw emptyAnswer("WRAP_FAILED", key.arn);
  },

  /** Never null: a file's KMS key is either ours, or we are told that it is not, which is an error with a reason. */
  async unwrap(wrapped: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    const key = kmsKeyOf(wrapped);
    const blob = ciphertextOf(wrapped, key.arn);
    const { Plaintext: plaintext } = await callKms("unwrap", key, host, signal, (client, sdk) =>
      client.send(
        new sdk.DecryptCommand({
          KeyId: key.arn,
          CiphertextBlob: blob,
          EncryptionContext: { ...key.context },
        }),
      ),
    );
    if (plaintext === undefined || plaintext.length === 0) throw emptyAnswer("UNWRAP_FAILED", key.arn);
    const dataKey = new Uint8Array(plaintext);
    wipe(plaintext);
    return dataKey;
  },
};

function ciphertextOf({ enc }: WrappedKey, arn: string): Uint8Array {
  const blob = fromBase64(enc);
  if (blob !== null && blob.length > 0) return blob;
  throw new SopsError("UNWRAP_FAILED", `AWS KMS ${arn}: its enc in the metadata is not base64`, {
    hint: "restore the metadata of the file from git",
  });
}

function emptyAnswer(code: "WRAP_FAILED" | "UNWRAP_FAILED", arn: string): SopsError {
  return new SopsError(code, `AWS KMS ${arn}: the answer is empty`, {
    hint: "check what stands at the address in AWS_ENDPOINT_URL",
  });
}
