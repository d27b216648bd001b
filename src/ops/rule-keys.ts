import { isNamed } from "../core/keys/key-diff.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { OpsContext } from "./context.ts";

type Groups = readonly (readonly KeyRef[])[];

/**
 * How a file's keys differ from those of its creation rule, in one line; null where they do not. Asks no server: a key that
 * the rule names without its version is any version of it. The providers must be loaded.
 */
export function differsFromRule(file: Groups, rule: Groups, ctx: OpsContext): string | null {
  const names = (groups: Groups): string[][] =>
    groups.map((keys) => keys.map((key) => ctx.providers.get(key.type)?.identity(key) ?? ""));
  const [ours, theirs] = [names(file), names(rule)];
  const isIn = (name: string, group: readonly string[]): boolean => group.some((n) => isNamed(name, n));
  const isSame =
    ours.length === theirs.length &&
    ours.every((group, i) => {
      const wanted = theirs[i] ?? [];
      return group.every((n) => isIn(n, wanted)) && wanted.every((n) => group.some((k) => isNamed(k, n)));
    });
  if (isSame) return null;
  const extra = ours.flat().filter((name) => !isIn(name, theirs.flat()));
  const missing = theirs.flat().filter((name) => !ours.flat().some((n) => isNamed(n, name)));
  const parts = [part("the rule lacks", extra), part("the file lacks", missing)].filter(
    (text) => text !== "",
  );
  const what = parts.length === 0 ? "they are grouped in another way" : parts.join(", ");
  return `the file's keys are not those of its creation rule (${what}): correct the rule, or bring the file in line with enc updatekeys`;
}

const part = (what: string, names: readonly string[]): string =>
  names.length === 0 ? "" : `${what} ${[...new Set(names)].join(" ")}`;
