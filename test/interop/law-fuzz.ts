/** `npm run fuzz:law -- --runs N --seed S [--format F]`: N disturbed files for each format, judged by the real sops. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { realSops } from "../support/real-sops.ts";
import { judgeLaw, LAW_FORMATS, type LawFormat } from "./law.ts";

const JOBS = 3;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "2500" },
      seed: { type: "string", default: "1" },
      format: { type: "string" },
      only: { type: "string" },
    },
  });
  if (realSops === null) {
    console.log("skipped: there is no real sops for this platform");
    return 0;
  }
  let broken = 0;
  for (const name of LAW_FORMATS)
    if (values.format === undefined || values.format === name) broken += await fuzz(name, numbersOf(values));
  console.log(`${String(broken)} broken`);
  return broken === 0 ? 0 : 1;
}

function numbersOf({
  runs,
  seed,
  only,
}: {
  runs: string;
  seed: string;
  only?: string | undefined;
}): number[] {
  if (only !== undefined) return [Number(only)];
  return Array.from({ length: Number(runs) }, (_, i) => Number(seed) * 1_000_003 + i);
}

async function fuzz(name: LawFormat, numbers: number[]): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "enc-law-"));
  const counts = { held: 0, refused: 0, skipped: 0, broken: 0 };
  const left = numbers.values();
  const work = async (): Promise<void> => {
    for (const number of left) {
      const { outcome, what } = await judgeLaw(name, number, dir);
      counts[outcome]++;
      if (outcome === "broken") console.log(`${name} #${String(number)}: ${what}`);
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  await rm(dir, { recursive: true });
  console.log(`${name}: ${String(numbers.length)} files, ${JSON.stringify(counts)}`);
  return counts.broken;
}

process.exitCode = await main();
