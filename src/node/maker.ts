import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { errnoOf } from "./errno.ts";

/** `pid-start-world` in hex: a process, so that it can be asked later whether it still runs. */
const MAKER = /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]{8}$/;

/**
 * What became of a process: "unknown" where it lives on another machine, in another container, or is hidden from us.
 * Only what is known to be gone may be cleared away at once.
 */
export type Fate = "alive" | "gone" | "unknown";

/** For a start that the system does not tell. */
const NO_START = "0";

let own: { readonly word: string; readonly world: string } | undefined;

/** This process. */
export function makerWord(): string {
  return ourselves().word;
}

function ourselves(): NonNullable<typeof own> {
  if (own !== undefined) return own;
  const world = worldWord();
  // By `self`: a /proc of another PID namespace knows another process by our number.
  const start = startOf("self") ?? NO_START;
  own = { word: [process.pid.toString(16), start, world].join("-"), world };
  return own;
}

/** A number that came back for another process is told by its start time, where the system tells that (Linux). */
export function fateOf(word: string): Fate {
  if (!MAKER.test(word)) return "unknown";
  const [pid = "", start = "", world = ""] = word.split("-");
  if (world !== ourselves().world) return "unknown";
  const number = parseInt(pid, 16);
  if (!isRunning(number)) return "gone";
  if (start === NO_START) return "alive";
  const now = isOurProc() ? startOf(String(number)) : undefined;
  // Under hidepid= another user's process has no folder in /proc; the kernel says all the same that it is there.
  if (now === undefined) return "unknown";
  return now === start ? "alive" : "gone";
}

/** Its number, for people. */
export function processOf(word: string): string {
  return String(parseInt(word, 16));
}

/** Clock ticks since the system started, field 22: the second may hold blanks and parentheses. */
function startOf(pid: string): string | undefined {
  const stat = tried(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const ticks = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  return Number.isNaN(ticks) ? undefined : ticks.toString(16);
}

/** A new PID namespace may still see the /proc of the old one, whose numbers are others (`unshare --pid`). */
function isOurProc(): boolean {
  return tried(() => readlinkSync("/proc/self")) === String(process.pid);
}

/** Where the numbers of processes and their start times mean the same. Where nothing tells that, a word that nobody else has. */
function worldWord(): string {
  const marks = process.platform === "darwin" || process.platform === "win32" ? machine() : namespaces();
  if (marks === undefined) return randomBytes(4).toString("hex");
  return createHash("sha256")
    .update([hostname(), ...marks].join("\n"))
    .digest("hex")
    .slice(0, 8);
}

/** One run of one kernel, and in it one container. Start times are shifted in a time namespace, which old kernels have none of. */
function namespaces(): readonly string[] | undefined {
  const boot = tried(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
  const pids = tried(() => readlinkSync("/proc/self/ns/pid"));
  if (boot === undefined || pids === undefined) return undefined;
  return [boot, pids, tried(() => readlinkSync("/proc/self/ns/time")) ?? ""];
}

/** Many have the same name, and share a folder. A machine whose network has changed meanwhile is taken for another one. */
function machine(): readonly string[] | undefined {
  const all = tried(() => Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []));
  return all && [...new Set(all.filter(({ internal }) => !internal).map(({ mac }) => mac))].sort();
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** One of another user's may not be signalled, and runs. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ESRCH";
  }
}
