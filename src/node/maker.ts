import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errnoOf } from "./errno.ts";

/** `pid-start-world` in hex: a process, so that it can be asked later whether it still runs. */
const MAKER = /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]{8}$/;

/** What became of a process: "unknown" where it lives on another machine, or in another container. */
export type Fate = "alive" | "gone" | "unknown";

let own: string | undefined;

/** This process. */
export function makerWord(): string {
  own ??= [process.pid.toString(16), startOf(process.pid) ?? "0", worldWord()].join("-");
  return own;
}

/** A number that came back for another process is told by its start time, where the system tells that (Linux). */
export function fateOf(word: string): Fate {
  if (!MAKER.test(word)) return "unknown";
  const [pid = "", start = "", world = ""] = word.split("-");
  if (world !== worldWord()) return "unknown";
  const number = parseInt(pid, 16);
  if (start === "0") return isRunning(number) ? "alive" : "gone";
  return startOf(number) === start ? "alive" : "gone";
}

/** Its number, for people. */
export function processOf(word: string): string {
  return String(parseInt(word, 16));
}

/** Clock ticks since the system started, field 22: the second may hold blanks and parentheses. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "latin1");
    const after = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(after[19]).toString(16);
  } catch {
    return undefined;
  }
}

/** Where the numbers of processes mean the same: one run of one system, and in it one container. */
function worldWord(): string {
  const parts = [hostname(), tried(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim())];
  parts.push(tried(() => readlinkSync("/proc/self/ns/pid")));
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 8);
}

function tried(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
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
