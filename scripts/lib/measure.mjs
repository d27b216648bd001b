import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const GNU_TIME = "/usr/bin/time";
const hasTime = existsSync(GNU_TIME);

/**
 * One run of a program, its output thrown away: wall time in ms, and the peak resident set in MiB by GNU time (NaN where
 * there is none). GNU time costs about a millisecond, the same for every program.
 */
export function measure(argv, env, dir) {
  const report = join(dir, "time.txt");
  const [command, ...args] = hasTime ? [GNU_TIME, "-f", "%M", "-o", report, ...argv] : argv;
  const sink = openSync("/dev/null", "w");
  const start = performance.now();
  const run = spawnSync(command, args, { env, stdio: ["ignore", sink, "pipe"], maxBuffer: 2 ** 26 });
  const ms = performance.now() - start;
  closeSync(sink);
  if (run.status !== 0)
    throw new Error(`${argv.join(" ")}: exit ${String(run.status)}: ${String(run.stderr)}`);
  return { ms, mib: hasTime ? Number(readFileSync(report, "utf8")) / 1024 : NaN };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
