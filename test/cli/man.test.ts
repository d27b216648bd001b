import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { manPage } from "../../src/cli/man/page.ts";
import { text } from "../../src/cli/man/roff.ts";
import { EXIT_STATUS } from "../../src/cli/man/tables.ts";
import { headOf } from "../../src/cli/head-of.ts";
import { COMMANDS } from "../../src/cli/registry.ts";
import { describeWith, requirePart } from "../support/parts.ts";

describe("the man page", () => {
  it("has every command, with its flags and examples", async () => {
    const page = await manPage();
    for (const [name, { load }] of COMMANDS) {
      const { command } = await load();
      const part =
        page.split("\n.SS ").find((each) => each.startsWith(`"${text(`enc ${name} [flags]`)}`)) ?? "";
      for (const spec of command.options.filter(({ hidden }) => hidden !== true))
        expect(part, name).toContain(text(headOf(spec)));
      for (const [line] of command.examples) expect(part, name).toContain(text(line));
    }
  });

  it("explains every exit code", () => {
    const told = EXIT_STATUS.map(([code]) => code);
    expect(Object.values(EXIT_CODES).filter((code) => !told.includes(code))).toEqual([]);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  it("escapes what roff would take for its own", () => {
    expect(text(".a\n'b -c \\d")).toBe("\\&.a\n\\&'b \\-c \\ed");
  });
});

describeWith(["groff"], "the man page in groff", () => {
  it("is read without a warning, and reads as written", async () => {
    const dir = mkdtempSync(join(tmpdir(), "enc-man-"));
    try {
      const file = join(dir, "enc.1");
      const warnings = join(dir, "warnings");
      writeFileSync(file, await manPage());
      const line = `"$0" -man -Tascii -ww -P-c -P-b -P-u "$1" 2> "$2"; cat "$2" >&2; test ! -s "$2"`;
      const shown = execFileSync("sh", ["-c", line, requirePart("groff"), file, warnings], {
        encoding: "utf8",
      });
      expect(shown).toContain(`enc decrypt --extract '["database"]["password"]' secrets.yaml`);
      expect(shown).toContain("--shamir-secret-sharing-threshold <n>");
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
