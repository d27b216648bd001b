import { haveAttributes, hasAccessList } from "./access-lists.ts";
import { findProgram } from "./find-program.ts";
import { systemProgram, systemProgramNow } from "./system-program.ts";

/** What a new file has of what the old one had besides mode and owner. */
export type Kept =
  /** Its access list (ACL) and its extended attributes, if it had any. */
  | "all"
  /** It had no access list; of its extended attributes not all. */
  | "mode"
  /** Not its access list. */
  | "lost"
  /** Nothing here can tell whether it had an access list. */
  | "unknown";

interface Question {
  readonly paths: readonly [from: string, to: string];
  readonly answer: (mayHaveSome: boolean) => void;
}

/** A command line has an end. */
const MOST_AT_ONCE = 100;

const waiting: Question[] = [];
let looking = false;
/** Is there a `cp` that knows of attributes? Where there is none (BusyBox), it is not asked for each of many files. */
let knowsAttributes = true;

/**
 * Gives `to` the access list and the extended attributes of `from`, `withoutAcl` only the latter. Node knows neither, so
 * that the system's `cp` does it: beside the wait for the disk that is hardly felt. Of many files at a time one program
 * tells which have any. An access list that `to` has inherited from its folder, and `from` has not, is taken away.
 */
export async function keepAttributes(from: string, to: string, withoutAcl = false): Promise<Kept> {
  // On macOS the copy that became `to` has brought them. Windows has access lists of folders, which new files inherit.
  if (process.platform === "win32" || process.platform === "darwin") return "all";
  if (!(await mayHaveAttributes(from, to))) return "all";
  const isCopied = await copyAttributes(from, to, withoutAcl);
  if (isCopied && !withoutAcl) return "all";
  const hasAcl = await hasAccessList(from);
  if (hasAcl === null) return "unknown";
  if (hasAcl) return "lost";
  return isCopied ? "all" : "mode";
}

async function copyAttributes(from: string, to: string, withoutAcl: boolean): Promise<boolean> {
  if (!knowsAttributes) return false;
  const { code } = await systemProgram("cp", copyArgs(from, to, withoutAcl), "ignored");
  if (code !== 0) knowsAttributes = await isOfAttributes(code);
  return code === 0;
}

/** What fails for one file, or for a moment (too many open files), says nothing of the next one. */
async function isOfAttributes(failed: number | null): Promise<boolean> {
  if (failed === null) return findProgram("cp", process.env["PATH"] ?? "") !== null;
  const { code } = await systemProgram("cp", ["--attributes-only", "--help"], "ignored");
  return code === 0 || code === null;
}

/** The same on this very thread, where `from` is known to be as it should be: was it done? */
export function keepAttributesNow(from: string, to: string): boolean {
  if (process.platform === "win32" || process.platform === "darwin") return true;
  return systemProgramNow("cp", copyArgs(from, to, false));
}

function copyArgs(from: string, to: string, withoutAcl: boolean): readonly string[] {
  return ["--attributes-only", `--preserve=${withoutAcl ? "" : "mode,"}xattr`, "--", from, to];
}

/** The permissions that a new file may have: nobody is let in who was out. */
export function permissionsLeft(kept: Kept, mode: number): number {
  if (kept === "lost") return mode & OWNER;
  // In a file with an access list these bits are not the group's: they say what anybody in the list may do at most.
  if (kept === "unknown") return mode & ~(GROUP & ~((mode & OTHERS) << 3));
  return mode;
}

/** What the user has to know of it; null: nothing. */
export function notKept(kept: Kept, isNarrower: boolean): string | null {
  if (kept === "lost")
    return "its access list (ACL) could not be kept: only its owner has access to the new file";
  if (kept === "mode") return "its extended attributes could not be kept, or not all of them";
  if (kept === "all" || !isNarrower) return null;
  return "nothing here can tell whether it had an access list (ACL): its group may now do no more than others; chmod changes that";
}

const OWNER = 0o7700;
const GROUP = 0o070;
const OTHERS = 0o007;

/** Where one file is asked for, nobody is asked: `cp` itself is as fast. */
function mayHaveAttributes(from: string, to: string): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.push({ paths: [from, to], answer: resolve });
    if (!looking) void answerAll();
  });
}

async function answerAll(): Promise<void> {
  looking = true;
  // Those that are asked for in the same moment go together.
  await new Promise(setImmediate);
  while (waiting.length > 0) await answerSome(waiting.splice(0, MOST_AT_ONCE));
  looking = false;
}

/** Each is answered, whatever fails: somebody waits for it. */
async function answerSome(questions: readonly Question[]): Promise<void> {
  let found: readonly boolean[] | null = null;
  try {
    if (questions.length > 1) found = await haveAttributes(questions.flatMap(({ paths }) => paths));
  } catch {
    // Nothing can tell: `cp` is asked for each.
  }
  questions.forEach(({ answer }, i) => {
    answer(found === null || found[2 * i] === true || found[2 * i + 1] === true);
  });
}
