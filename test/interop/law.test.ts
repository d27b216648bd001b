import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realSops } from "../support/real-sops.ts";
import { judgeLaw, STEPS } from "./law/judge.ts";
import { LAW_FORMATS } from "./law/world.ts";

/** Files for each format here; `npm run fuzz:law` runs thousands. */
const RUNS = 60;
const SEED = 20_261_128;

if (realSops === null && process.env["CI"] !== undefined) throw new Error("CI needs the real sops");

describe.skipIf(realSops === null)("text equals tree, whatever was done to the sealed file", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "enc-law-"));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true });
  });

  it.each(LAW_FORMATS)(
    "%s: what is printed and sealed again is what sops reads, or it is refused",
    { timeout: 300_000 },
    async (name) => {
      const broken: string[] = [];
      const counts = { held: 0, refused: 0, skipped: 0, broken: 0 };
      const held: Record<string, number> = {};
      for (let i = 0; i < RUNS; i++) {
        const { outcome, what, steps } = await judgeLaw(name, SEED + i, dir);
        counts[outcome]++;
        if (outcome === "broken") broken.push(`#${String(SEED + i)} ${what}`);
        for (const [step, its] of Object.entries(steps))
          if (its.outcome === "held") held[step] = (held[step] ?? 0) + 1;
      }
      expect(broken).toEqual([]);
      // Most files must be ones that open, and some must be refused, or this test says nothing.
      expect(counts.held).toBeGreaterThan(RUNS / 3);
      expect(counts.refused).toBeGreaterThan(RUNS / 20);
      for (const step of STEPS) expect(held[step], step).toBeGreaterThan(RUNS / 20);
    },
  );
});
