import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlainSource } from "../../../src/core/model/format.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";
import { fakeSeal } from "./fake-sealer.ts";

const source = (text: string): PlainSource => yamlFormat.parsePlain(new TextEncoder().encode(text));
const commentsIn = (text: string): number => text.match(/#/g)?.length ?? 0;

/** No place for the block keeps these comments where they are in the tree. */
const NO_PLACE = {
  "two columns after a blank line": "k:\n  a:\n    c: y\n\n    # C1\n  # C2\n",
  "blank lines at the end": "k:\n  a:\n    b: 1\n\n    # C1\n  # C2\n\n\n",
  "CR LF, and no line break at the end": "k:\r\n- a:\r\n  - b: 1\r\n# C1\r\n # C2\r\n   # C1",
  "a null below": "a:\r\n  b: &q\r\n\r\n     # C1\r\n # C2\r\n# C2",
  "another document below, with a hint": "k:\n  a:\n    c: y\n\n    # C1\n  # C2\n---\nz: 0x1F # l\n",
  "two columns inside of a flow map": "{a: {b: 1\n# e\n\n  # d\n}}\n",
  "two columns inside of a flow list": "{a: [1\n  # d\n\n# e\n]} # f\n",
  "a comment that SOPS loses between two that move": "k:\n  a:\n    c: y\n # C2\n# C2\n    # C2",
};

describe("comments at the end of a document never stop a file from being sealed", () => {
  it.each(Object.entries(NO_PLACE))("%s", (_, text) => {
    const sealed = fakeSeal(text);
    expect(sealed.open()).toBe(text);
    expect(sealed.text).not.toMatch(/# ?(?:C\d|[def])\b/);
  });

  it("gives up the comments below the last value, and no other", () => {
    const { text } = fakeSeal("# top\nk: # line\n  # in\n  a:\n    c: y\n\n    # C1\n  # C2\n");
    expect(commentsIn(text)).toBe(3);
  });

  it("says that even canonical text needs its presentation then", () => {
    const canonical = "k:\n    a:\n        c: y\n\n        # C1\n    # C2\n";
    expect(source(canonical).seal(new Map()).incomplete).toBe(true);
    expect(source("k:\n    a: 1\n# C\n").seal(new Map()).incomplete).toBe(false);
  });

  const line = fc
    .tuple(fc.nat(8), fc.constantFrom("# C1", "# C2", ""))
    .map(([column, text]) => (text === "" ? "" : " ".repeat(column) + text));
  const content = fc.constantFrom(
    "k:\n  a:\n    c: y", "k:\n- a:\n  - b: 1", "k:\n  a: |\n    x", "a: 1\n---\nb:\n  - c:\n      d: 1", "a:\n  b: &q",
    "k:\n  a: [1,\n 2]", "a: x\n  y", "{a: {b: 1", "{a: [1",
  ); // prettier-ignore
  const file = fc
    .tuple(
      content,
      fc.array(line, { maxLength: 7 }),
      fc.constantFrom("\n", "\r\n"),
      fc.constantFrom("", "\n"),
    )
    .map(([text, lines, eol, final]) => {
      const close = text === "{a: {b: 1" ? "\n}}" : text === "{a: [1" ? "\n]}" : "";
      return ([text, ...lines].join("\n") + close + final).replaceAll("\n", eol);
    });

  it("whatever their columns", () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(fakeSeal(text).open()).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

/** go-yaml drops the first of these comments, and without it the next. */
const DROPS_THE_FIRST = {
  "CR LF, and comments left of the keys":
    "x:\r\n    y: z\r\n    # C1\r\n    # C2\r\n    # C2\r\n# C2\r\n    b: 1\r\n",
  "one CR LF": "    y: z\n  # C1\n # C2\n# C2\r\n    b: 1\n",
};

describe("nor do comments between its keys", () => {
  it.each(Object.entries(DROPS_THE_FIRST))("%s: the first leaves an empty one in its place", (_, text) => {
    const sealed = fakeSeal(text);
    expect(sealed.open()).toBe(text);
    expect(commentsIn(sealed.text)).toBe(commentsIn(text));
    expect(sealed.text).not.toMatch(/# ?C\d/);
  });

  const line = fc.oneof(
    fc.constantFrom("    y", "    c:", "        - d", "        - e", "          g", "    l: [1]", "", "  "),
    fc.tuple(fc.nat(8), fc.constantFrom("# C1", "# C2", "#")).map(([n, text]) => " ".repeat(n) + text),
  );
  const file = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { maxLength: 9 }).map((all) =>
    all.map(([text, end], i) => text.replace(/\w/, (key) => `${key}${String(i)}: x`).replace(/x:$/, "") + end).join(""),
  ); // prettier-ignore

  it("whatever their columns and line ends", () => {
    let read = 0;
    fc.assert(
      fc.property(file, (text) => {
        if (!isReadable(text)) return;
        read++;
        expect(fakeSeal(text).open()).toBe(text);
      }),
      { numRuns: 4000 },
    );
    expect(read).toBeGreaterThan(300);
  });
});

function isReadable(text: string): boolean {
  try {
    return source(text).tree.documents.length > 0;
  } catch {
    return false;
  }
}

describe("unset takes the comments of what it removes along", () => {
  const unset = (text: string, path: string[]): string | null => {
    const made = source(text).unset?.(path) ?? null;
    return made === null ? null : new TextDecoder().decode(made);
  };
  const nested = "a:\r\n    b:\r\n        c: 1\r\n        # x\r\n    # y\r\n# z\r\n";

  it.each([
    ["the only key of the document", nested, ["a"], "{}\r\n# z\r\n"],
    ["the last key", `b: 1\r\n${nested}`, ["a"], "b: 1\r\n# z\r\n"],
    ["the first key", `${nested}b: 1\r\n`, ["a"], "# z\r\nb: 1\r\n"],
    ["a single value", "# h\r\na: 1\r\n# z", ["a"], "# h\r\n{}\r\n# z"],
  ])("%s", (_, text, path, wanted) => {
    expect(unset(text, path)).toBe(wanted);
  });
});
