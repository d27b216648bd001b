import { SopsError } from "../core/base/errors.ts";

/**
 * The texts of a config or flag entry: a comma list, or a list of such; each trimmed, empty ones dropped.
 * Throws BAD_CONFIG for anything that is not text; `what` names the key there: `an age recipient`.
 */
export function textsOf(entry: unknown, what: string): readonly string[] {
  if (typeof entry === "string")
    return entry
      .split(",")
      .map((text) => text.trim())
      .filter((text) => text !== "");
  if (Array.isArray(entry)) return entry.flatMap((item: unknown) => textsOf(item, what));
  throw new SopsError("BAD_CONFIG", `${what} must be text`, {
    hint: "write a comma-separated text or a list of texts",
  });
}
