import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../core/keys/key.ts";
import { textsOf } from "../entry-text.ts";
import { GCP_KMS } from "./key-type.ts";
import { decrypt, encrypt } from "./use-key.ts";

/** format.md 11: the whole id of a key, without a version. */
const RESOURCE_ID = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/** Keys of Google Cloud KMS (format.md 11). `enc` is the ciphertext in base64. */
export const provider: KeyProvider = {
  type: GCP_KMS.type,
  fields: GCP_KMS.metadata.fields,

  identity: resourceIdOf,

  /** A comma list, a list of such, or `{resource_id}`; spaces do not count. Throws BAD_RECIPIENT and BAD_CONFIG. */
  fromConfig(entry: unknown): readonly KeyRef[] {
    const named = isObject(entry) && "resource_id" in entry ? entry["resource_id"] : entry;
    return textsOf(named, "the resource id of a GCP KMS key").map((text) => ({
      type: "gcp_kms",
      fields: { resource_id: checkResourceId(text.replaceAll(" ", "")) },
    }));
  },

  effort: () => "dials",

  async wrap(ref: KeyRef, dataKey: Uint8Array, host: Host, signal?: AbortSignal): Promise<string> {
    const name = checkResourceId(resourceIdOf(ref));
    return toBase64(await encrypt(name, dataKey, host, signal));
  },

  async unwrap(key: WrappedKey, host: Host, signal?: AbortSignal): Promise<Uint8Array | null> {
    const name = checkResourceId(resourceIdOf(key));
    const input = fromBase64(key.enc.replace(/[\r\n]/g, ""));
    if (input !== null && input.length > 0) return decrypt(name, input, host, signal);
    throw new SopsError("UNWRAP_FAILED", `the data key that ${name} wrapped is not base64`, {
      hint: "restore the file's metadata from git",
    });
  },

  explain: () =>
    Promise.resolve(
      "GCP KMS says that this key did not wrap the data key, or that what it wrapped is damaged",
    ),
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function resourceIdOf(ref: KeyRef): string {
  const id = ref.fields["resource_id"];
  return typeof id === "string" ? id : "";
}

function checkResourceId(id: string): string {
  if (RESOURCE_ID.test(id)) return id;
  const versioned = /\/cryptoKeyVersions\/[^/]*$/.exec(id)?.[0];
  throw new SopsError("BAD_RECIPIENT", `not the resource id of a GCP KMS key: ${id}`, {
    hint:
      versioned === undefined
        ? "it reads projects/PROJECT/locations/PLACE/keyRings/RING/cryptoKeys/KEY: gcloud kms keys list shows it"
        : `leave ${versioned} out: the service finds the version by itself`,
  });
}
