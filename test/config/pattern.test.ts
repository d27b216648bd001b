import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { compilePattern } from "../../src/config/pattern.ts";

const PLACE = { file: "/p/.sops.yaml", line: 3, column: 17 };
const matches = async (source: string, text: string): Promise<boolean> =>
  (await compilePattern(source, PLACE)).matches(text);

describe("compilePattern", () => {
  it.each([
    ["\\.yaml$", "a.yaml", true],
    ["\\.yaml$", "a.yamlx", false],
    ["ya?ml$", "a.yml", true],
    ["^secrets/.*\\.json$", "secrets/a/b.json", true],
    ["^secrets/.*\\.json$", "x/secrets/a.json", false],
    ["(dev|prod)/", "a/prod/b", true],
    ["(|x)", "", true],
    ["a.c", "a\u{1f600}c", true],
    ["a.c", "a\nc", false],
    ["a$", "a\n", false],
    ["(?i)SECRET", "my-secret", true],
    ["[^/]+\\.enc\\.(yaml|json)$", "a.enc.json", true],
    ["\\pL", "é", true],
    ["(?P<name>x)", "x", true],
    ["\\Q[\\E", "a[b", true],
  ])("searches %s in %j: %s", async (source, text, expected) => {
    expect(await matches(source, text)).toBe(expected);
  });

  it.each([
    "(",
    "[a",
    "(?=a)",
    "(?<=a)b",
    "(a)\\1",
    "a**",
    "*a",
    "?",
    "a{1001}",
    "\\Z",
    "(?>a)",
    "a++",
    "x)",
  ])("refuses %s with its place", async (source) => {
    await expect(compilePattern(source, PLACE)).rejects.toMatchObject({ code: "BAD_PATTERN", place: PLACE });
  });

  it("answers as RE2 does for every pattern that it accepts, and accepts the same", async () => {
    const token = fc.constantFrom(
      ...["a", "a", "b", "/", "_", "-", "^", "$", " ", "."],
      ...[
        "\\.",
        "\\/",
        ".*",
        ".+",
        ".?",
        "a?",
        "(a|b)",
        "(a|)",
        "(ab|\\.)",
        "*",
        "?",
        "(",
        ")",
        "|",
        "[",
        "\\d",
        "\\-",
        "{2}",
      ],
    );
    const source = fc.array(token, { maxLength: 6 }).map((tokens) => tokens.join(""));
    const text = fc
      .array(
        fc.constantFrom(...["a", "a", "b", "/", "_", "-", ".", " ", "\n"], "é", "\u{1f600}", "\u2028", "\r"),
        { maxLength: 12 },
      )
      .map((characters) => characters.join(""));
    await fc.assert(
      fc.asyncProperty(source, text, async (pattern, subject) => {
        let expected: boolean | "refused" = "refused";
        try {
          expected = RE2JS.compile(pattern).matcher(subject).find();
        } catch {
          // refused
        }
        const answer = await matches(pattern, subject).catch(() => "refused");
        expect(answer).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not slow down on a long path", async () => {
    const pattern = await compilePattern("a.*a.*a.*a.*a.*b$", PLACE);
    const start = performance.now();
    expect(pattern.matches("a".repeat(4000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
