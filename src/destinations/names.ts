import { SopsError } from "../core/base/errors.ts";
import { printable } from "../core/base/printable.ts";

/**
 * A path of a URL, each part of it escaped but for letters, digits and `-_.~` as a signature wants it. A part of dots
 * would be resolved on the way, and lead out of the folder that the config names. Throws BAD_CONFIG.
 */
export function escapedPath(path: string): string {
  const parts = path.split("/");
  if (!parts.some((part) => part === "." || part === "..")) return parts.map(escaped).join("/");
  throw new SopsError("BAD_CONFIG", `a destination cannot have a part of dots: ${printable(path)}`, {
    hint: "correct the destination rule",
  });
}

export function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A name that becomes a part of a host's name or of a path. Throws BAD_CONFIG. */
export function checkBucket(bucket: string, key: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{1,221}$/.test(bucket)) return bucket;
  throw new SopsError("BAD_CONFIG", `${key} is not the name of a bucket: ${printable(bucket)}`, {
    hint: "write the bare name, without s3:// or gs:// and without a path",
  });
}
