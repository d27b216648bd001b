import type { OptionSpec } from "./options.ts";

/** A command line taken apart: the values of each flag that is given (a switch has one, the empty text), and what is no flag. */
export interface Words {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

/**
 * Takes words apart that `normalize` has turned. Null: not all is as it should be, or help is asked for. What is wrong, and
 * what the user may have meant, is for commander to say, which takes a fifth of a cold start to load.
 */
export function readWords(words: readonly string[], specs: readonly OptionSpec[]): Words | null {
  const known = new Map(specs.map((spec) => [spec.long, spec]));
  const flags = new Map<string, readonly string[]>();
  const operands: string[] = [];
  for (const word of words) {
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const [, long = "", value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const spec = known.get(long);
    if (spec === undefined || takesValue(spec) !== (value !== undefined)) return null;
    flags.set(long, value === undefined ? [""] : [...(flags.get(long) ?? []), value]);
  }
  return { flags, operands };
}

const takesValue = ({ value, on }: OptionSpec): boolean => value !== undefined || on === true;
