import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FORMAT_NAMES } from "../../src/core/model/format.ts";
import { realSops } from "../support/real-sops.ts";
import { generate, judge } from "./differential.ts";

/** Documents for each format here; `npm run fuzz:sops` runs thousands. */
const RUNS = 60;
const SEED = 20_261_124;

if (realSops === null && process.env["CI"] !== undefined) throw new Error("CI needs the real sops");

describe.skipIf(realSops === null)("judged by the real sops", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "enc-interop-"));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true });
  });

  it.each(FORMAT_NAMES)(
    "%s: both open each other's files to the same bytes",
    { timeout: 180_000 },
    async (format) => {
      const found: string[] = [];
      let judged = 0;
      for (let i = 0; i < RUNS; i++) {
        const seed = SEED + i;
        const { outcome, differences } = await judge(
          format,
          generate(format, seed),
          dir,
          `${format}-${String(seed)}`,
        );
        if (outcome === "same") judged++;
        if (outcome === "different")
          found.push(...differences.map((d) => `#${String(seed)} ${d.what}\n${d.detail}`));
      }
      expect(found).toEqual([]);
      // Most documents must be ones that both accept, or this test says nothing.
      expect(judged).toBeGreaterThan(RUNS / 2);
    },
  );
});
