import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const PAGE = readFileSync(new URL("SECURITY.md", ROOT), "utf8");
const PROMISES = ["What a sealed file promises", "What the program does with secrets"];

/** The points of a section, each with all of its lines. */
const pointsOf = (section: string): readonly string[] =>
  (PAGE.split(/^## /m).find((text) => text.startsWith(`${section}\n`)) ?? "").split(/^- /m).slice(1);

describe("SECURITY.md", () => {
  it.each(PROMISES.flatMap(pointsOf))("names the test that holds: %.60j", (point) => {
    expect(point).toMatch(/`test\/[\w/-]+\.test\.ts`/);
  });

  it("has points in each of these sections", () => {
    expect(PROMISES.map((section) => pointsOf(section).length > 4)).toEqual([true, true]);
  });

  it("names only tests that are there", () => {
    const named = [...PAGE.matchAll(/`(test\/[^`]*)`/g)].map(([, path]) => path ?? "");
    expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });
});
