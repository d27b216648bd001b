import type { Format } from "../core/format.ts";
import { takenOut } from "../core/key-diff.ts";
import type { KeyRef } from "../core/key.ts";
import type { OpsContext } from "./context.ts";
import { guardDepth, readSealedMetadata } from "./open.ts";

type Groups = readonly (readonly KeyRef[])[];

/** The keys of a file that are in none of its groups any more, by their identity texts. The providers must be loaded. */
export function takenOutOf(before: Groups, after: Groups, ctx: OpsContext): readonly string[] {
  return takenOut(before, after, (key) => ctx.providers.get(key.type)?.identity(key) ?? "");
}

/** The same of a sealed file, before and after a change. */
export function takenOutOfFile(
  before: Uint8Array,
  after: Uint8Array,
  format: Format,
  ctx: OpsContext,
): readonly string[] {
  const groupsOf = (bytes: Uint8Array): Groups =>
    guardDepth(() => readSealedMetadata(format.parseSealed(bytes))).groups.map(({ keys }) => keys);
  return takenOutOf(groupsOf(before), groupsOf(after), ctx);
}

/** What `rotate` cannot take back from those whose keys it takes out. */
export function keepsValues(names: readonly string[]): string {
  return `whoever opened the file with ${names.join(", ")} keeps every value so far: change the passwords themselves (enc edit, enc set)`;
}

/** What a change of keys alone leaves to those who were taken out. `command`: what ends it. */
export function keepsDataKey(names: readonly string[], command: string): string {
  return `whoever opened the file with ${names.join(", ")} keeps its data key, and can read what is added: end that with ${command}, then change the passwords`;
}
