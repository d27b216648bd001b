import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorText, noteText } from "../../src/cli/ui.ts";
import { VERSION } from "../../src/cli/version.ts";
import { SopsError } from "../../src/core/base/errors.ts";

describe("errorText", () => {
  it("says place, cause and what to do", () => {
    const place = { file: "a.yaml", line: 3, column: 7, path: '["db"]["port"]' };
    expect(errorText(new SopsError("PARSE", "bad value", { hint: "correct it", place }))).toBe(
      'enc: a.yaml:3:7: ["db"]["port"]: bad value\n  hint: correct it\n',
    );
  });

  it("says no more of the place than is known", () => {
    expect(errorText(new SopsError("USAGE", "m"))).toBe("enc: m\n");
    expect(errorText(new SopsError("PARSE", "m", { place: { line: 3, column: 1 } }))).toBe(
      "enc: line 3:1: m\n",
    );
    expect(errorText(new SopsError("PARSE", "m", { place: { path: '["a"]' } }))).toBe('enc: ["a"]: m\n');
    expect(errorText(new SopsError("PARSE", '["a"] is bad', { place: { path: '["a"]' } }))).toBe(
      'enc: ["a"] is bad\n',
    );
  });

  it("escapes control characters, and indents further lines so that none can pass for another message", () => {
    const place = { file: "a\u001b[31m\nb" };
    expect(errorText(new SopsError("PARSE", "one\nenc: two\u202e", { hint: "x\ry", place }))).toBe(
      "enc: a\\x1b[31m\\nb: one\n  enc: two\\u202e\n  hint: x\\x0dy\n",
    );
    expect(noteText("a\u0007")).toBe("enc: a\\x07\n");
  });

  it("tells nothing of the message of an error that is not ours", () => {
    let text = "";
    try {
      JSON.parse('{"a": c4n4ry}');
    } catch (error) {
      text = errorText(error);
    }
    expect(text).toContain("unexpected SyntaxError at ");
    expect(text).not.toContain("c4n4ry");
    expect(errorText("c4n4ry")).not.toContain("c4n4ry");
  });

  it("says where an error arose, when asked, and nothing of a message that looks like a stack", () => {
    const error = new TypeError("x\n    at c4n4ry");
    expect(errorText(error, false, true)).toMatch(/^enc: unexpected TypeError at .*\n {2}hint: .*\n {2}at /);
    expect(errorText(error, false, true)).not.toContain("c4n4ry");
    expect(errorText(new SopsError("USAGE", "m"), false, true)).toMatch(/^enc: m\n {2}at /);
  });

  it("colours only its own words", () => {
    const text = errorText(new SopsError("USAGE", "m", { hint: "h" }), true);
    expect(text).toBe("\u001b[1;31menc:\u001b[0m m\n  \u001b[2mhint:\u001b[0m h\n");
  });
});

describe("VERSION", () => {
  it("is the package's", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(VERSION).toBe(manifest.version);
  });
});
