import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXIT_CODES, exitCodeOf } from "../../src/cli/exit-codes.ts";
import { ERROR_CODES } from "../../src/core/base/errors.ts";

const PAGE = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

/** Code and text of each section of the page. */
const sections = PAGE.split(/^### /m)
  .slice(1)
  .map((section) => ({ code: section.slice(0, section.indexOf("\n")), text: section }));

describe("docs/errors.md", () => {
  it("explains every code, in the order of the source, and no other", () => {
    expect(sections.map(({ code }) => code)).toEqual([...ERROR_CODES]);
  });

  it.each(ERROR_CODES)("names the exit code of %s and explains it", (code) => {
    const text = sections.find((section) => section.code === code)?.text ?? "";
    expect(/^Exit (\d+)[.,]? /m.exec(text)?.[1]).toBe(String(EXIT_CODES[code]));
    expect(text.length).toBeGreaterThan(80);
  });
});

/** The numbers of command-line.md 2; 21 has no code of its own, others SOPS never uses. */
const SOPS_NUMBERS = [1, 2, 3, 4, 6, 7, 8, 23, 25, 49, 51, 91, 92, 100, 112, 128, 200, 201, 202, 203];

describe("exit codes", () => {
  it("are the numbers of SOPS, and each of these is used", () => {
    expect(
      [
        ...new Set([
          ...Object.values(EXIT_CODES),
          exitCodeOf("FILE_NOT_FOUND", "rotate", "adding or removing keys"),
        ]),
      ].sort((a, b) => a - b),
    ).toEqual(SOPS_NUMBERS);
  });

  it("tell input that does not parse apart only in encrypt", () => {
    expect([exitCodeOf("PARSE", "encrypt"), exitCodeOf("PARSE", "decrypt")]).toEqual([2, 1]);
    expect([exitCodeOf("NO_DOCUMENT", "encrypt"), exitCodeOf("NO_DOCUMENT", undefined)]).toEqual([92, 1]);
    expect([exitCodeOf("BAD_VERSION", "edit"), exitCodeOf("BAD_VERSION", "decrypt")]).toEqual([202, 1]);
    const missing = ["encrypt", "decrypt", undefined, "rotate", "set", "exec-env", "updatekeys"];
    expect(missing.map((command) => exitCodeOf("FILE_NOT_FOUND", command))).toEqual([
      100, 100, 100, 2, 2, 2, 1,
    ]);
    expect([exitCodeOf("BAD_PATH", "set"), exitCodeOf("BAD_PATH", "decrypt")]).toEqual([7, 91]);
    expect([exitCodeOf("MAC_MISMATCH", "decrypt"), exitCodeOf("CANNOT_READ", "decrypt")]).toEqual([51, 2]);
  });
});
