import { badConfig, booleanOf, fieldsOf, integerOf, textOf, type Fields } from "./fields.ts";
import type { Destination } from "../core/ports/destination.ts";
import type { DestinationRule } from "./model.ts";
import { patternOf, recreationRule, type RuleContext } from "./rule.ts";
import type { Value } from "./source.ts";

const DESTINATION_KEYS: readonly string[] = [
  "path_regex",
  "s3_bucket",
  "s3_prefix",
  "gcs_bucket",
  "gcs_prefix",
  "vault_path",
  "vault_address",
  "vault_kv_mount_name",
  "vault_kv_version",
  "omit_extensions",
  "recreation_rule",
];
/** What SOPS takes where a rule names no mount or version of the Vault secrets engine. */
const DEFAULT_MOUNT = "secret/";
const DEFAULT_KV_VERSION = 2;

/** One destination rule (format.md 13). Throws BAD_CONFIG and BAD_PATTERN with the place. */
export async function destinationRule(value: Value, context: RuleContext): Promise<DestinationRule> {
  const fields = fieldsOf(value, "a destination rule", DESTINATION_KEYS, context.onUnknown);
  const recreation = fields.get("recreation_rule");
  return {
    place: fields.place,
    pathRegex: await patternOf(fields, "path_regex"),
    destination: destinationOf(fields),
    omitExtensions: booleanOf(fields, "omit_extensions"),
    recreationRule: recreation === undefined ? undefined : await recreationRule(recreation, context),
  };
}

function destinationOf(fields: Fields): Destination | undefined {
  const [first, second] = [s3OrGcs(fields, "s3"), s3OrGcs(fields, "gcs"), vault(fields)].filter(
    (destination) => destination !== undefined,
  );
  if (second === undefined) return first;
  throw badConfig(
    "a destination rule can have one destination",
    fields.place,
    "make a rule for each destination",
  );
}

function s3OrGcs(fields: Fields, type: "s3" | "gcs"): Destination | undefined {
  const bucket = textOf(fields, `${type}_bucket`) ?? "";
  return bucket === "" ? undefined : { type, bucket, prefix: textOf(fields, `${type}_prefix`) ?? "" };
}

function vault(fields: Fields): Destination | undefined {
  const path = textOf(fields, "vault_path") ?? "";
  const version = integerOf(fields, "vault_kv_version", 0) ?? 0;
  if (version > 2)
    throw badConfig(
      "vault_kv_version must be 1 or 2",
      fields.get("vault_kv_version")?.place ?? fields.place,
      "leave it out for 2",
    );
  if (path === "") return undefined;
  return {
    type: "vault",
    path,
    address: textOf(fields, "vault_address") ?? "",
    mount: textOf(fields, "vault_kv_mount_name") ?? DEFAULT_MOUNT,
    version: version === 0 ? DEFAULT_KV_VERSION : version,
  };
}
