import type { Format } from "../core/model/format.ts";
import { takenOut } from "../core/keys/key-diff.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { OpsContext } from "./context.ts";
import { guardDepth, readSealedMetadata } from "./open.ts";
import type { Recipients } from "./rewrap.ts";

type Groups = readonly (readonly KeyRef[])[];

/** The keys of a file that are in none of its groups any more, by their identity texts. The providers must be loaded. */
export function takenOutOf(before: Groups, after: Groups, ctx: OpsContext): readonly string[] {
  return takenOut(before, after, (key) => ctx.providers.get(key.type)?.identity(key) ?? "");
}

/**
 * Who has the data key of a file, and could not open it any more: those who were taken out, and where more groups are
 * needed from now on, everybody else. Null: nobody.
 */
export function keepersOf(before: Recipients, after: Recipients, ctx: OpsContext): string | null {
  const gone = takenOutOf(before.groups, after.groups, ctx);
  if (gone.length > 0) return `whoever opened the file with ${gone.join(", ")}`;
  if (neededOf(after) > neededOf(before)) return "whoever opened the file while fewer key groups were needed";
  return null;
}

const neededOf = ({ groups, threshold }: Recipients): number =>
  groups.length === 1 ? 1 : threshold === 0 ? groups.length : threshold;

/** The same of a sealed file, before and after a change. */
export function keepersOfFile(
  before: Uint8Array,
  after: Uint8Array,
  format: Format,
  ctx: OpsContext,
): string | null {
  const recipientsOf = (bytes: Uint8Array): Recipients => {
    const { groups, shamirThreshold } = guardDepth(() => readSealedMetadata(format.parseSealed(bytes)));
    return { groups: groups.map(({ keys }) => keys), threshold: shamirThreshold };
  };
  return keepersOf(recipientsOf(before), recipientsOf(after), ctx);
}

/** What `rotate` cannot take back from those whose keys it takes out. */
export function keepsValues(names: readonly string[]): string {
  return `whoever opened the file with ${names.join(", ")} keeps every value so far: change the passwords themselves (enc edit, enc set)`;
}

/** What a change of keys alone leaves to those. `command`: what ends it. */
export function keepsDataKey(keepers: string, command: string): string {
  return `${keepers} keeps its data key, and can read what is added: end that with ${command}, then change the passwords`;
}
