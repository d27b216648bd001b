/** `npm run fuzz:law -- --runs N --seed S [--format F] [--only NUMBER] [--jobs J]`: N disturbed files for each format, judged by the real sops. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { realSops } from "../support/real-sops.ts";
import { judgeLaw } from "./law/judge.ts";
import { LAW_FORMATS, type LawFormat, type LawVerdict } from "./law/world.ts";

const OPTIONS = {
  runs: { type: "string", default: "2500" },
  seed: { type: "string", default: "1" },
  format: { type: "string" },
  only: { type: "string" },
  jobs: { type: "string", default: "3" },
  refusals: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  if (realSops === null) {
    console.log("skipped: there is no real sops for this platform");
    return 0;
  }
  let broken = 0;
  for (const name of LAW_FORMATS)
    if (values.format === undefined || values.format === name) broken += await fuzz(name, values);
  console.log(`${String(broken)} broken`);
  return broken === 0 ? 0 : 1;
}

function numbersOf({ runs, seed, only }: Values): number[] {
  if (only !== undefined) return [Number(only)];
  return Array.from({ length: Number(runs) }, (_, i) => Number(seed) * 1_000_003 + i);
}

async function fuzz(name: LawFormat, values: Values): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "enc-law-"));
  const numbers = numbersOf(values);
  const counts = new Counts();
  const left = numbers.values();
  const work = async (): Promise<void> => {
    for (const number of left) {
      const verdict = await judgeLaw(name, number, dir);
      counts.add("file", verdict);
      for (const [step, its] of Object.entries(verdict.steps)) {
        counts.add(step, its);
        if (values.refusals && its.outcome === "refused")
          console.log(`${name} #${String(number)} ${step}: ${its.what}`);
      }
      if (verdict.outcome === "broken") console.log(`${name} #${String(number)}: ${verdict.what}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  await rm(dir, { recursive: true });
  console.log(`${name}: ${String(numbers.length)} files\n${counts.text()}`);
  return counts.of("file").broken;
}

/** How often each thing held, was refused, could not be judged. */
class Counts {
  readonly #all = new Map<string, Record<LawVerdict["outcome"], number>>();

  of(step: string): Record<LawVerdict["outcome"], number> {
    const found = this.#all.get(step) ?? { held: 0, refused: 0, skipped: 0, broken: 0 };
    this.#all.set(step, found);
    return found;
  }

  add(step: string, { outcome }: LawVerdict): void {
    this.of(step)[outcome]++;
  }

  text(): string {
    return [...this.#all].map(([step, counts]) => `  ${step}: ${JSON.stringify(counts)}`).join("\n");
  }
}

process.exitCode = await main();
