import { SopsError, type ErrorCode } from "../../core/base/errors.ts";
import { inPool } from "../../node/many/pool.ts";
import { Budget, within } from "../../node/many/budget.ts";
import { Replacements, WIDTH } from "../../node/many/replacements.ts";
import { type Selected, selectFiles } from "../../node/many/select.ts";
import { readTarget, type Target } from "../../node/many/target.ts";
import type { Args } from "../args.ts";
import type { Phase } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { tellLeftOvers } from "../tell-left-overs.ts";
import { noteText } from "../ui.ts";
import { outsideText } from "./outside.ts";
import type { Outcome } from "./outcome.ts";
import { progress, type Progress } from "./progress.ts";
import { report, type ReportOptions, reportOptions, reportRefusal } from "./report.ts";

/** What a command does to each of many files, in place. */
export interface ManyJob {
  /** The command word: exit codes depend on it. */
  readonly command: string;
  /** What it does to a file: `encrypted`. */
  readonly done: string;
  /** Exit codes may depend on it. */
  readonly phase?: Phase | undefined;
  /** Why a file that a folder or a glob brought is passed over without being opened; null: it is worked on. */
  passes(file: Selected, bytes: Uint8Array): Promise<string | null>;
  /** Errors that mean the same for such a file: code and what the summary says. */
  readonly harmless: Readonly<Partial<Record<ErrorCode, string>>>;
  /** Once for all files, before the first is worked on. */
  prepare?(files: readonly { readonly file: Selected; readonly target: Target }[]): Promise<void>;
  /** The new content; the same bytes where there is nothing to change. */
  work(file: Selected, bytes: Uint8Array): Promise<Uint8Array>;
  /** Tells what the files were warned of, before the first is written. */
  tell?(): void;
}

interface Item {
  readonly file: Selected;
  readonly outcome?: Outcome | undefined;
  readonly target?: Target | undefined;
}

/**
 * Changes many files, all or none: every new content is on the disk beside its file before the first takes its place.
 * Answers the exit code. Throws what the operands and `prepare` throw, and CANCELLED.
 */
export async function runMany(
  operands: readonly string[],
  job: ManyJob,
  args: Args,
  io: Io,
): Promise<number> {
  if (operands.length === 0)
    throw new SopsError("NO_FILE", "no file is named", { hint: "name files or folders after the command" });
  const options = reportOptions(job, args);
  try {
    return report(await changeSelected(operands, job, options, io), options, io);
  } catch (error) {
    if (!options.json || !(error instanceof SopsError)) throw error;
    return reportRefusal(error, options, io);
  }
}

async function changeSelected(
  operands: readonly string[],
  job: ManyJob,
  { quiet }: ReportOptions,
  io: Io,
): Promise<readonly Outcome[]> {
  const { files, leftOvers, outside } = await selectFiles(operands, io.cwd);
  const line = progress(files.length, quiet, io);
  const replacements = new Replacements((name, message) => {
    if (!quiet) io.writeErr(noteText(`${name}: ${message}`));
  });
  try {
    return await changeAll(files, job, replacements, line);
  } catch (error) {
    replacements.discard();
    throw error;
  } finally {
    line.clear();
    if (!quiet) tellLeftOvers(leftOvers, io);
    if (outside.length > 0 && !quiet) io.writeErr(noteText(outsideText(outside)));
  }
}

async function changeAll(
  files: readonly Selected[],
  job: ManyJob,
  replacements: Replacements,
  line: Progress,
): Promise<readonly Outcome[]> {
  const budget = new Budget();
  const items = await inPool(files, WIDTH, (file) => read(file, job, budget));
  const due = items.flatMap(({ file, target }) => (target === undefined ? [] : [{ file, target }]));
  await job.prepare?.(due);
  let failed = items.some(({ outcome }) => outcome?.state === "failed");
  const outcomes = await inPool(items, WIDTH, async (item) => {
    const outcome = item.outcome ?? (await change(item, job, failed ? null : replacements));
    failed ||= outcome.state === "failed";
    line.step();
    return outcome;
  });
  line.clear();
  job.tell?.();
  const told = outcomes.filter((outcome) => !("why" in outcome && outcome.why === ""));
  if (failed) {
    replacements.discard();
    return told.map((o) => (o.state === "done" ? { name: o.name, state: "untouched" } : o));
  }
  return commit(told, replacements);
}

async function read(file: Selected, job: ManyJob, budget: Budget): Promise<Item> {
  try {
    const target = await readTarget(file.path, file.name);
    const why = file.by === "name" ? null : await job.passes(file, target.bytes());
    if (why === null) return { file, target: within(target, budget) };
    return { file, outcome: { name: file.name, state: "skipped", why } };
  } catch (error) {
    return { file, outcome: failure(file, error) };
  }
}

async function change(
  { file, target }: Item,
  job: ManyJob,
  replacements: Replacements | null,
): Promise<Outcome> {
  if (target === undefined) return { name: file.name, state: "untouched" };
  try {
    const old = target.bytes();
    const bytes = await job.work(file, old);
    if (bytes === old) return { name: file.name, state: "unchanged", why: "unchanged" };
    await replacements?.add(target, bytes);
    return { name: file.name, state: "done" };
  } catch (error) {
    const why = error instanceof SopsError && file.by !== "name" ? job.harmless[error.code] : undefined;
    return why === undefined ? failure(file, error) : { name: file.name, state: "skipped", why };
  }
}

/** What is no failure of this file alone is thrown: a defect of ours, or a user who gave up. */
function failure(file: Selected, error: unknown): Outcome {
  if (!(error instanceof SopsError) || error.code === "CANCELLED") throw error;
  return { name: file.name, state: "failed", error: error.at({ file: file.name }) };
}

async function commit(outcomes: readonly Outcome[], replacements: Replacements): Promise<readonly Outcome[]> {
  try {
    await replacements.commit();
    return outcomes;
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return outcomes.map((o): Outcome => {
      if (o.state !== "done") return o;
      const { name } = o;
      return name === error.place?.file ? { name, state: "failed", error } : { name, state: "untouched" };
    });
  }
}
