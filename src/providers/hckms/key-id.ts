import { SopsError } from "../../core/base/errors.ts";
import type { KeyRef } from "../../core/keys/key.ts";

/** `region:uuid` (format.md 11). */
export interface HuaweiKey {
  /** As written, trimmed: what the metadata holds. */
  readonly id: string;
  readonly region: string;
  readonly uuid: string;
}

/** Throws BAD_RECIPIENT. */
export function parseKeyId(text: string): HuaweiKey {
  const id = text.trim();
  const at = id.indexOf(":");
  const [region, uuid] = [id.slice(0, Math.max(at, 0)).trim(), id.slice(at + 1).trim()];
  // The region becomes part of a host name, where one of these would name another host.
  if (region !== "" && uuid !== "" && /^[\w-]+$/.test(region)) return { id, region, uuid };
  throw new SopsError("BAD_RECIPIENT", `not a key of huawei cloud kms: ${id}`, {
    hint: "write region:uuid, for example tr-west-1:0d0466b0-e727-4d9c-b35d-f84bb474a37f",
  });
}

export function keyIdOf({ fields }: KeyRef): string {
  const id = fields["key_id"];
  return typeof id === "string" ? id : "";
}
