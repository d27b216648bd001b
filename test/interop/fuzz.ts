/** `npm run fuzz:sops -- --runs N --seed S [--format F]`: N documents for each format, judged by the real sops. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FORMAT_NAMES, type FormatName } from "../../src/core/model/format.ts";
import { realSops } from "../support/real-sops.ts";
import { generate, judge, type Verdict } from "./differential.ts";

const JOBS = 3;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
      format: { type: "string" },
    },
  });
  if (realSops === null) {
    console.log("skipped: there is no real sops for this platform");
    return 0;
  }
  const runs = Number(values.runs);
  const seed = Number(values.seed);
  const formats = FORMAT_NAMES.filter((f) => values.format === undefined || f === values.format);
  let different = 0;
  for (const format of formats) different += await fuzz(format, runs, seed);
  console.log(`${String(different)} differences`);
  return different === 0 ? 0 : 1;
}

async function fuzz(format: FormatName, runs: number, seed: number): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "enc-fuzz-"));
  const counts = { same: 0, refused: 0, stricter: 0, different: 0 };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < runs) {
      const number = seed * 1_000_003 + next++;
      const result = await judge(format, generate(format, number), dir, String(number));
      counts[result.outcome]++;
      report(format, number, result);
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  await rm(dir, { recursive: true });
  console.log(`${format}: ${String(runs)} documents, ${JSON.stringify(counts)}`);
  return counts.different;
}

function report(format: FormatName, number: number, result: Verdict): void {
  if (
    result.outcome !== "different" &&
    !(result.outcome === "stricter" && process.env["FUZZ_STRICTER"] !== undefined)
  )
    return;
  for (const { what, detail } of result.differences)
    console.log(`${format} #${String(number)}: ${what}\n   ${detail}`);
}

process.exitCode = await main();
