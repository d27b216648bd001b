import { SopsError } from "../../core/base/errors.ts";
import { shellQuote } from "../../core/base/shell-quote.ts";
import { inPool } from "../../node/many/pool.ts";
import { WIDTH } from "../../node/many/replacements.ts";
import { selectFiles } from "../../node/many/select.ts";
import { keepsDataKey } from "../../ops/keepers.ts";
import type { Args } from "../args.ts";
import type { Io } from "../io.ts";
import { deliver } from "../target.ts";
import { tellLeftOvers } from "../tell-left-overs.ts";
import { noteText, questionText } from "../ui.ts";
import { manyContext } from "./context.ts";
import { keyDiffText } from "./key-diff-text.ts";
import { failuresOf, type Outcome } from "./outcome.ts";
import { failed, keyPlanner, type Planned, settled } from "./plan-keys.ts";
import { progress } from "./progress.ts";
import { report, reportOptions } from "./report.ts";
import { outsideText } from "./outside.ts";
import { askOnce } from "./sealed-files.ts";
import { Warnings } from "./warnings.ts";

/**
 * Three rounds: what would change in each file, the questions, the changes. Nothing is written before the last answer.
 * Unlike in the other commands on many files, one that fails keeps no other back, as in sops.
 */
export async function updateMany(args: Args, io: Io): Promise<number> {
  if (args.positionals.length === 0)
    throw new SopsError("NO_FILE", "no file is named", { hint: "name the file after the command" });
  const { files, leftOvers, outside } = await selectFiles(args.positionals, io.cwd);
  if (!args.has("quiet")) tellLeftOvers(leftOvers, io);
  if (outside.length > 0) io.note(outsideText(outside));
  const world = await manyContext(args, io);
  const plans = await inPool(files, WIDTH, keyPlanner(args, io, world));
  const agreed: Planned[] = [];
  for (const planned of plans) agreed.push(await agree(planned, args, io));
  const due = agreed.flatMap((planned) => ("outcome" in planned ? [] : [planned]));
  const asking = due.map(({ target, format }) => ({ bytes: () => target.bytes(), format }));
  await askOnce(asking, undefined, world.ctx);
  const left = new Warnings();
  const line = progress(due.length, args.has("quiet"), io);
  const outcomes = await inPool(agreed, WIDTH, async (planned) => {
    if ("outcome" in planned) return planned.outcome;
    const outcome = await apply(planned, io);
    const { keepers } = planned.diff;
    if (outcome.state === "done" && keepers !== null)
      left.add(outcome.name, keepsDataKey(keepers, rotateCommand(args)));
    line.step();
    return outcome;
  });
  line.clear();
  world.tell();
  const code = tell(outcomes, args, io);
  for (const warning of left.take()) io.note(warning);
  return code;
}

/** The same files, for a shell. */
function rotateCommand(args: Args): string {
  const recursive = args.has("recursive") ? ["--recursive"] : [];
  return ["enc rotate -i", ...recursive, ...args.positionals.map(shellQuote)].join(" ");
}

/** Shows what would change and asks, unless told not to. */
async function agree(planned: Planned, args: Args, io: Io): Promise<Planned> {
  if ("outcome" in planned) return planned;
  const { file, diff } = planned;
  const { name } = file;
  const json = args.has("json");
  // Nobody is asked about a change that they have not seen; stdout is for the document of --json.
  if (!(args.has("yes") && (json || args.has("quiet")))) {
    io.writeErr(noteText(`${name}: the keys differ from those of its creation rule`));
    if (json) io.writeErr(keyDiffText(diff));
    else io.writeOut(keyDiffText(diff));
  }
  if (args.has("yes")) return planned;
  const answer = await ask(`change the keys of ${name}? (y/n)`, io);
  if (answer === "y") return planned;
  if (answer === "n") return settled(file, { name, state: "unchanged", why: "left unchanged" });
  io.writeErr("\n");
  const error = new SopsError("USAGE", "nobody answered the question", {
    hint: "answer y or n, or give --yes",
    place: { file: name },
  });
  return settled(file, { name, state: "failed", error });
}

/** Asks until it is answered; null where nobody does. */
async function ask(question: string, io: Io): Promise<"y" | "n" | null> {
  for (;;) {
    io.writeErr(questionText(question));
    const line = await io.readLine();
    if (line === null) return null;
    const answer = line.trim();
    if (answer === "y" || answer === "n") return answer;
  }
}

async function apply(
  { file, target, apply: update }: Exclude<Planned, { outcome: Outcome }>,
  io: Io,
): Promise<Outcome> {
  try {
    const updated = await update();
    await deliver(updated, file.name, "shared", io, target.held ?? target.seen);
    return { name: file.name, state: "done" };
  } catch (error) {
    return failed(file, error);
  }
}

/** One file has the exit code of its error; of several, any that fails makes it 1, as in sops. */
function tell(outcomes: readonly Outcome[], args: Args, io: Io): number {
  const told = outcomes.filter((outcome) => !("why" in outcome && outcome.why === ""));
  const code = report(told, reportOptions({ command: "updatekeys", done: "updated" }, args), io);
  return args.positionals.length > 1 && failuresOf(told).length > 0 ? 1 : code;
}
