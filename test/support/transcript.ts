import { shellWords } from "../../src/core/base/shell-words.ts";

/**
 * A transcript is a text file of scenarios. Lines, by their first word:
 *
 *   ## what is shown            a scenario, in an empty folder of its own
 *   # remark
 *   file NAME                   makes a file of the lines below it that start with `| `
 *   bytes NAME HEX              makes a file of these bytes
 *   run SHELL LINE              runs a line of shell, which must succeed
 *   env NAME=VALUE              for all commands that follow
 *   $ enc ARGUMENTS             runs enc; `< NAME` gives it a file on stdin, `> NAME` keeps its stdout in a file
 *   out: LINE   err: LINE       what it must say, line by line; `...` stands for anything
 *   exit: N                     0 where it is not said
 *   same A B                    the two files have the same bytes
 *   has NAME TEXT, lacks NAME TEXT
 *
 * `$NAME` is replaced by a variable. After a command that failed, every file must be as it was before.
 */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly type: "file"; readonly name: string; readonly lines: string[] }
  | { readonly type: "bytes"; readonly name: string; readonly hex: string }
  | { readonly type: "run"; readonly line: string }
  | { readonly type: "env"; readonly name: string; readonly value: string }
  | { readonly type: "same"; readonly a: string; readonly b: string }
  | { readonly type: "has" | "lacks"; readonly name: string; readonly text: string }
  | EncStep;

export interface EncStep {
  readonly type: "enc";
  readonly line: string;
  readonly argv: readonly string[];
  readonly stdin: string | undefined;
  readonly stdout: string | undefined;
  readonly out: string[];
  readonly err: string[];
  exit: number;
}

export function parseTranscript(text: string): Scenario[] {
  const scenarios: { name: string; steps: Step[] }[] = [];
  text.split("\n").forEach((line, i) => {
    const steps = scenarios.at(-1)?.steps;
    if (line.startsWith("## ")) scenarios.push({ name: line.slice(3), steps: [] });
    else if (line.startsWith("#") || line.trim() === "") return;
    else if (steps === undefined || !addLine(steps, line))
      throw new Error(`line ${i + 1} is not understood: ${line}`);
  });
  return scenarios;
}

/** False: not understood. */
function addLine(steps: Step[], line: string): boolean {
  const last = steps.at(-1);
  const [word, rest] = splitOnce(line, " ");
  const [first, second] = splitOnce(rest, " ");
  if (word === "|" && last?.type === "file") last.lines.push(rest);
  else if (word === "out:" && last?.type === "enc") last.out.push(rest);
  else if (word === "err:" && last?.type === "enc") last.err.push(rest);
  else if (word === "exit:" && last?.type === "enc") last.exit = Number(rest);
  else if (word === "$") steps.push(encStep(rest));
  else if (word === "file") steps.push({ type: "file", name: rest, lines: [] });
  else if (word === "bytes") steps.push({ type: "bytes", name: first, hex: second });
  else if (word === "run") steps.push({ type: "run", line: rest });
  else if (word === "env")
    steps.push({ type: "env", name: splitOnce(rest, "=")[0], value: splitOnce(rest, "=")[1] });
  else if (word === "same") steps.push({ type: "same", a: first, b: second });
  else if (word === "has" || word === "lacks") steps.push({ type: word, name: first, text: second });
  else return false;
  return true;
}

function splitOnce(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return i < 0 ? [text, ""] : [text.slice(0, i), text.slice(i + at.length)];
}

function encStep(line: string): EncStep {
  const words = shellWords(line) ?? [];
  const after = (sign: string): string | undefined => {
    const i = words.indexOf(sign);
    return i < 0 ? undefined : words.splice(i, 2)[1];
  };
  const [stdin, stdout] = [after("<"), after(">")];
  if (words[0] !== "enc") throw new Error(`only enc can be run with $: ${line}`);
  return { type: "enc", line, argv: words.slice(1), stdin, stdout, out: [], err: [], exit: 0 };
}

/** Does a line say what the transcript expects, `...` standing for anything? Walks once: no pattern to backtrack. */
export function matches(expected: string, line: string): boolean {
  const parts = expected.split("...");
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found = i === parts.length - 1 && i > 0 ? line.length - part.length : line.indexOf(part, at);
    if (found < at || !line.startsWith(part, found) || (i === 0 && found > 0)) return false;
    at = found + part.length;
  }
  return parts.length > 1 || at === line.length;
}
