import { FORMAT_NAMES, type FormatName } from "../core/model/format.ts";
import { closest } from "../core/base/suggest.ts";
import { badConfig, type Fields, type OnUnknownKey, refuseUnknownKey, textOf } from "./fields.ts";
import type { Value } from "./source.ts";

/**
 * `type` of a creation rule: what files are whose name says nothing to SOPS (`.env.local`). A key of `.sops-ts.yaml`: SOPS
 * would pass over it, and seal with the same config in another way.
 */
export const TYPE_KEY = "type";

export function mayHaveType({ place }: Value): boolean {
  return !/(?:^|[/\\])\.sops\.ya?ml$/.test(place.file ?? "");
}

/** Says why a key that is known elsewhere is not known here. */
export function orTypeOf(onUnknown: OnUnknownKey): OnUnknownKey {
  return (unknown) => {
    if (unknown.key === TYPE_KEY && onUnknown === refuseUnknownKey)
      throw badConfig(
        "type is a key of .sops-ts.yaml alone: sops would take the files for binary all the same",
        unknown.entry.place,
        "rename the config to .sops-ts.yaml, or leave the key out",
      );
    onUnknown(unknown);
  };
}

/** Throws BAD_CONFIG. */
export function typeOf(fields: Fields): FormatName | undefined {
  const text = textOf(fields, TYPE_KEY);
  if (text === undefined) return undefined;
  const name = FORMAT_NAMES.find((format) => format === text);
  if (name !== undefined) return name;
  const near = closest(text, FORMAT_NAMES);
  throw badConfig(
    `there is no type ${JSON.stringify(text)}`,
    fields.get(TYPE_KEY)?.place ?? fields.place,
    near === undefined ? `one of ${FORMAT_NAMES.join(", ")}` : `did you mean ${near}?`,
  );
}
