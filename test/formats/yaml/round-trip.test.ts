import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import { fakeSeal } from "./fake-sealer.ts";

const FILES: Record<string, string> = {
  "plain, quoted and typed scalars": "a: 1\nb: 'x'\nc: \"y\"\nd: 1.10\ne: 0x1F\nf: yes\ng: ~\nh: 2024-1-2\n",
  "no final line break": "a: 1\nb: 2",
  "CR LF": "a: 1\r\n# c\r\nb:\r\n  - |\r\n    x\r\n    y\r\n",
  "byte order mark": "\ufeffa: 1\n",
  "comments everywhere": "# top\n\n# head\na: 1 # line\nb:\n  # in\n  - x # y\n  # foot\n# end\n",
  "a comment at the very end, without line break": "a:\n  b: 1\n# end",
  "a comment that SOPS loses": "a:\n  - b\n# lost\n...\n",
  "flow collections": "a: [x, 'y', \"z\", 1, {k: v, w: [1.0]}]\nb: {}\nc: []\n",
  "a flow document": "{a: 1, b: {c: x,},}\n",
  "an empty flow document": "{ }\n",
  "a null document": "---\n",
  "an explicit null document": "null # c\n",
  "literal blocks": "a: |\n  x\n\n  y\nb: |-\n   z\nc: |+\n  k\n\n\nd: |2\n    i\n",
  "folded blocks": "a: >\n  x\n  y\nb: >-\n  z\n\n  w\n",
  "a block of blank lines": "a: |+\n\n\nb: 1\n",
  "multi-line scalars": "a: x\n  y\nb: \"x\n  y\"\nc: 'x\n\n  y'\n",
  escapes: 'a: "\\u00e9\\x41\\tb"\nb: "😀"\nc: "\\U0001F600"\n',
  tags: "a: !!int 5\nb: !custom x\nc: !!str 5\nd: !!binary aGVsbG8=\ne: &x !!float 1\nf: !!int &y 7\n",
  "aliases and merges":
    "a: &x {k: v}\nb: *x\nc: &s secret\nd: *s\ne:\n  <<: *x\n  l: [*x, *s]\nf_unencrypted: *x\n",
  "an alias that is a key": "a: &k name\n*k : x\n",
  "an alias with a comment": "a: &x\n  k: v\nb: *x # c\n",
  "an alias of clear values": "a_unencrypted: &x {k: v}\nb_unencrypted: *x\n",
  "several documents": "a: 1\n---\nb: 2\n...\n---\n# c\nc: 3\n",
  "keys of all kinds": '"y": 1\n? long\n: 2\n__proto__: 3\n"1": 4\n"a: b": 5\n',
  "an indented top level": "  a: 1\n  b:\n  - 2\n",
  "a list at its parent's column": "a:\n- 1\n# c\n- b: 2\n  c: 3\n",
  "blanks without a line break, after a block that keeps its blank lines": "a: |+\n  x\n\n  ",
  "blanks without a line break, that are content": "a: |\n # e\n  ",
  "blanks without a line break, after anything else": "a: x\n  ",
  "a block that keeps its blank lines before a second document": "a: |+\n  y\n---\n # e",
  "a block that keeps its blank lines before a comment": "e:\n- |+\n  y\n  x\n# c\n",
  "empty strings and empty comments": "a: ''\nb: \"\"\n#\nc: 1\n",
  "a clear block at the end without line break": "a_unencrypted: |\n  x",
};

describe("opening a sealed YAML gives its bytes back", () => {
  for (const [name, text] of Object.entries(FILES)) {
    it(name, () => {
      expect(fakeSeal(text).open()).toBe(text);
    });
    for (const style of ["p", "s", "d"])
      it(`${name}, in style ${style}`, () => {
        expect(fakeSeal(text, style).open()).toBe(text);
      });
  }
});

describe("what a sealed text looks like", () => {
  const sealedLines = (plain: string): string[] => {
    const { text } = fakeSeal(plain);
    return text
      .replaceAll(/ENC\[[^\]]*\]/g, "ENC")
      .slice(0, text.indexOf("sops"))
      .split("\n");
  };

  it("keeps the quotes, and quotes what stands in a flow", () => {
    expect(sealedLines("a: x\nb: 'y'\nc: \"z\"\nd: [w]\n").slice(0, 4)).toEqual([
      "a: ENC",
      "b: 'ENC'",
      'c: "ENC"',
      'd: ["ENC"]',
    ]);
  });

  it("keeps a block's header and puts one line below it", () => {
    expect(sealedLines("a: |- # c\n    x\n    y\nb: 1\n").slice(0, 3)).toEqual([
      "a: |- #ENC",
      "    ENC",
      "b: ENC",
    ]);
  });

  it("writes an alias of sealed values out", () => {
    expect(sealedLines("a: &x {k: v}\nb: *x\n").slice(0, 2)).toEqual(['a: &x {k: "ENC"}', 'b: {"k": "ENC"}']);
  });

  it("drops a tag that would refuse the ENC text", () => {
    expect(sealedLines("a: &n !!int 5\nb: !x 6\n").slice(0, 2)).toEqual(["a: &n ENC", "b: !x ENC"]);
  });

  it("repeats the block in every document, before its end", () => {
    const { text } = fakeSeal("a: 1\n...\n---\nb: 2\n");
    expect(text.match(/^sops:$/gm)).toHaveLength(2);
    expect(text.indexOf("sops:")).toBeLessThan(text.indexOf("..."));
  });

  it("never leaves a comment in clear text, not even one that SOPS drops", () => {
    expect(fakeSeal("a:\n  - b\n# password\n...\n# password\n").text).not.toContain("password");
  });

  it("needs no hint where the value says it all", () => {
    expect(fakeSeal("a: 1\nb: 'x'\nc: \"y\"\nd: |\n  z\ne: [1, true]\n").hints).toEqual([]);
    expect(fakeSeal("a: 0x1F\nb: [x]\n").hints).toEqual(["=0x1F", "p"]);
  });
});

const scalar = fc.constantFrom(
  "1", "x", "'q''r'", '"a\\tb"', "0o17", "1e3", "~", "", "no", "2024-01-01", "[a, 1, {b: c}]", "{k: 'v'}",
  "|\n    l1\n\n    l2", ">-\n    f1\n    f2", "x\n    y", "!!str 5", "!!int 5", "&A z", "*R", '"😀"',
); // prettier-ignore
const comment = fc.constantFrom("", "", "", " # c", "\n# c", "\n  # c", "\n\n# c\n");
const key = fc.constantFrom("a", "b", "c", '"d"', "e_unencrypted", "'f g'");

const yamlText = fc
  .tuple(
    fc.uniqueArray(fc.tuple(key, scalar, comment, fc.boolean()), {
      selector: ([k]) => k,
      minLength: 1,
      maxLength: 6,
    }),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("", "\n"),
  )
  .map(([rows, eol, final]) => {
    const lines = rows.map(([k, v, c, nested]) =>
      nested ? `${k}:\n  - ${v}\n  - w${c}` : `${k}: ${v}${v.includes("\n") ? "" : c}`,
    );
    return (["r: &R {k: v}", ...lines].join("\n") + final).replaceAll("\n", eol);
  });

describe("any YAML", () => {
  it("comes back byte for byte, or is refused by name", () => {
    let sealed = 0;
    fc.assert(
      fc.property(yamlText, (text) => {
        let made: ReturnType<typeof fakeSeal>;
        try {
          made = fakeSeal(text);
        } catch (error) {
          return error instanceof SopsError;
        }
        sealed++;
        return made.open() === text;
      }),
      { numRuns: 400 },
    );
    expect(sealed).toBeGreaterThan(200);
  });
});
