import type { FormatName } from "../../../src/core/model/format.ts";
import { shellWords } from "../../../src/core/base/shell-words.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";

/** Throw-away keys; they guard nothing. `KEYS`: all three identities, one a line. */
const KEY2 = "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73";
const KEY3 = "AGE-SECRET-KEY-12WXFTAJWGSD4CPUW7QU80TC6D85V7MKY9TMAPCLDJAJFUXA3MGDQ6GNFW2";
export const VARIABLES: Readonly<Record<string, string>> = {
  AGE1: RECIPIENT,
  KEY1: IDENTITY,
  AGE2: "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g",
  KEY2,
  AGE3: "age1e5h6hag6nrjd3xtthfysxqa8kst2cq2e24yc0d9fly2n2l63dvpqewd3sm",
  KEY3,
  KEYS: `${IDENTITY}\n${KEY2}\n${KEY3}`,
};

/** A text that the real sops seals before the case begins, once for all cases that start from it. */
export interface Sealed {
  readonly plain: string | Uint8Array;
  readonly type: FormatName;
  /** Flags of its encryption, in one line; default: for AGE1. */
  readonly flags?: string;
  /** What happens to the sealed text before the case begins. */
  readonly change?: (text: string) => string;
}

export type Content = string | Uint8Array | Sealed | { readonly folder: true };

/** In what `enc` may differ from sops in a case. */
export type Aspect = "exit" | "stdout" | "files";

export interface Exception {
  /** A text that stands in docs/compat.md, white space aside: the promise that the difference is meant. */
  readonly compat: string;
  readonly in: readonly Aspect[];
}

interface Step {
  readonly argv: readonly string[];
  readonly stdin?: string | Uint8Array;
}

/** One row of the matrix: what is there, what is run, by both programs in a folder of their own each. */
export interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, Content>>;
  readonly steps: readonly Step[];
  readonly env?: Readonly<Record<string, string>>;
  readonly except?: Exception;
  /** Run enc as a program: its child's output is to be seen. */
  readonly asProgram?: boolean;
  /** Call enc by the name `sops`. */
  readonly asSops?: boolean;
  /** The folder, below that of the case, in which both run; `$DIR` in a command line is that of the case. */
  readonly folder?: string;
}

export interface CaseOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly except?: Exception;
  readonly asProgram?: boolean;
  readonly asSops?: boolean;
  readonly folder?: string;
}

/** A case of command lines as one would type them, without the program's name; `stdin` is for each of them. */
export function row(
  name: string,
  files: Readonly<Record<string, Content>>,
  lines: string | readonly string[],
  options: CaseOptions = {},
): Case {
  const { stdin, ...rest } = options;
  const steps = (typeof lines === "string" ? [lines] : lines).map((line) => ({
    argv: words(line),
    ...(stdin === undefined ? {} : { stdin }),
  }));
  return { name, files, steps, ...rest };
}

export function words(line: string): readonly string[] {
  const found = shellWords(line);
  if (found === null) throw new Error(`a quote is left open: ${line}`);
  return found;
}

export const sealed = (type: FormatName, plain: string | Uint8Array, more: Partial<Sealed> = {}): Sealed => ({
  plain,
  type,
  ...more,
});

/** A difference that docs/compat.md promises. */
export const differs = (compat: string, ...where: readonly Aspect[]): { readonly except: Exception } => ({
  except: { compat, in: where },
});

export function fill(text: string): string {
  return text.replace(/\$([A-Z]+[0-9]?)\b/g, (whole, name: string) => VARIABLES[name] ?? whole);
}
