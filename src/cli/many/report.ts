import type { SopsError } from "../../core/base/errors.ts";
import { withheld } from "../../core/base/withheld.ts";
import { printableJson } from "../../core/base/printable.ts";
import { exitCodeOf, type Phase } from "../exit-codes.ts";
import type { Args } from "../args.ts";
import type { Io } from "../io.ts";
import { errorText, noteText } from "../ui.ts";
import { leftText } from "./left-text.ts";
import { failuresOf, isLeft, type Outcome, reasonText } from "./outcome.ts";

export interface ReportOptions {
  /** The command word. */
  readonly command: string;
  readonly phase?: Phase | undefined;
  /** What it did to a file: `encrypted`. */
  readonly done: string;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Name each file that was left alone, and why. */
  readonly verbose: boolean;
}

export function reportOptions(
  { command, phase, done }: Pick<ReportOptions, "command" | "phase" | "done">,
  args: Args,
): ReportOptions {
  return {
    command,
    phase,
    done,
    json: args.has("json"),
    quiet: args.has("quiet"),
    verbose: args.has("verbose"),
  };
}

/** Tells what became of the files, failures with their fix, and answers the exit code: 0, the one of all failures, or 1. */
export function report(outcomes: readonly Outcome[], options: ReportOptions, io: Io): number {
  const failures = failuresOf(outcomes);
  if (options.json) io.writeOut(`${printableJson({ files: outcomes.map((o) => rowOf(o, options)) }, 2)}\n`);
  else {
    if (options.verbose) for (const o of outcomes) if ("why" in o) io.note(`${o.name}: ${o.why}`);
    const isAsked = options.command === "encrypt" && !options.verbose && failures.length === 0;
    const left = isAsked ? leftText(outcomes) : undefined;
    if (left !== undefined) io.note(left);
    for (const { error } of failures) io.writeErr(errorText(error, io.color));
    // One file that fails has said it all.
    const isTold = failures.length === 0 ? !options.quiet : outcomes.length > 1;
    if (isTold) io.writeErr(noteText(summaryOf(outcomes, options.done)));
  }
  return exitCodeOfAll(
    failures.map(({ error }) => error),
    options,
  );
}

/** The document of `--json` where nothing was even tried. Answers the exit code. */
export function reportRefusal(error: SopsError, { command, phase }: ReportOptions, io: Io): number {
  io.writeOut(`${printableJson({ files: [], error: errorRow(error) }, 2)}\n`);
  return exitCodeOf(error.code, command, phase);
}

/** 0 without errors, the one exit code that all of them have, else 1. */
export function exitCodeOfAll(
  errors: readonly SopsError[],
  { command, phase }: Pick<ReportOptions, "command" | "phase">,
): number {
  const codes = new Set(errors.map(({ code }) => exitCodeOf(code, command, phase)));
  const [only = 0, other] = codes;
  return other === undefined ? only : 1;
}

/** One element of the document that `--json` prints. */
function rowOf(outcome: Outcome, { done }: ReportOptions): Record<string, unknown> {
  const { name: path } = outcome;
  switch (outcome.state) {
    case "done":
      return { path, state: done };
    case "failed":
      return { path, state: "failed", error: errorRow(outcome.error) };
    case "untouched":
      return { path, state: "untouched" };
    default:
      return { path, state: outcome.state, reason: outcome.why };
  }
}

/** What `--json` tells of an error. */
export function errorRow({ code, message, hint, place }: SopsError): Record<string, unknown> {
  const { line, column, path } = place ?? {};
  return { code, message: withheld(message), hint: hint && withheld(hint), line, column, keyPath: path };
}

/** `2 files encrypted, 3 already encrypted`; after a failure `1 of 6 files failed, nothing was changed`. */
function summaryOf(outcomes: readonly Outcome[], done: string): string {
  const count = (state: Outcome["state"]): number => outcomes.filter((o) => o.state === state).length;
  const [changed, failed] = [count("done"), count("failed")];
  if (failed > 0) {
    const rest = changed > 0 ? `${String(changed)} ${done}` : "nothing was changed";
    return `${String(failed)} of ${files(outcomes.length)} failed, ${rest}`;
  }
  if (outcomes.length === 0) return "nothing to do";
  const parts = changed > 0 ? [`${files(changed)} ${done}`] : [];
  for (const [why, n] of reasonsOf(outcomes))
    parts.push(`${parts.length > 0 ? String(n) : files(n)} ${reasonText(why, n)}`);
  return parts.join(", ");
}

/** What the command is not about stands last. */
function reasonsOf(outcomes: readonly Outcome[]): readonly (readonly [why: string, n: number])[] {
  const counts = new Map<string, number>();
  for (const outcome of outcomes)
    if ("why" in outcome) counts.set(outcome.why, (counts.get(outcome.why) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => Number(isLeft(a)) - Number(isLeft(b)));
}

const files = (n: number): string => (n === 1 ? "1 file" : `${String(n)} files`);
