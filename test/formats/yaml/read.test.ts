import { describe, expect, it } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import type { Comment, Node } from "../../../src/core/model/tree.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";

const parse = (text: string) => yamlFormat.parsePlain(new TextEncoder().encode(text));

/** A tree in short: comments as `#text` (`#<` inline), values as `kind value`. */
function short(node: Node | Comment): unknown {
  if (node.type === "comment") return `${node.inline ? "#<" : "#"}${node.text}`;
  if (node.type === "null") return null;
  if (node.type === "leaf") return `${node.value.kind} ${String(node.value.value)}`;
  if (node.type === "list") return node.items.map(short);
  return node.entries.map((e) => (e.type === "comment" ? short(e) : [e.key, short(e.value)]));
}

const tree = (text: string): unknown => {
  const { documents } = parse(text).tree;
  return documents.length === 1 && documents[0] !== undefined ? short(documents[0]) : documents.map(short);
};

function codeOf(text: string | Uint8Array): { code: string | undefined; line: number | undefined } {
  try {
    yamlFormat.parsePlain(typeof text === "string" ? new TextEncoder().encode(text) : text);
  } catch (error) {
    if (error instanceof SopsError) return { code: error.code, line: error.place?.line };
    throw error;
  }
  return { code: undefined, line: undefined };
}

describe("plain scalars (format.md 6.1)", () => {
  it.each([
    ["17", "int 17"], ["017", "int 15"], ["0o17", "int 15"], ["-0x1F", "int -31"], ["0b11", "int 3"], ["1_000", "int 1000"],
    ["08", "float 8"], ["1.0", "float 1"], [".5", "float 0.5"], ["1e400", "str 1e400"], ["1e3", "float 1000"],
    ["9223372036854775807", "int 9223372036854775807"], ["18446744073709551616", "float 18446744073709552000"],
    [".inf", "float Infinity"], ["-.INF", "float -Infinity"], [".NaN", "float NaN"], ["~", null], ["Null", null],
    ["True", "bool true"], ["yes", "str yes"], ["n", "str n"], ["1:20", "str 1:20"], ["0x", "str 0x"],
    ["2024-1-2", "time 2024-01-02T00:00:00Z"], ["2024-01-02T03:04:05.120+02:00", "time 2024-01-02T03:04:05.12+02:00"],
    ["2024-02-30", "str 2024-02-30"], ["2024-01-02T03:04:05", "str 2024-01-02T03:04:05"],
    ["!!float 1", "float 1"], ["!!str 1", "str 1"], ["!x 1", "str 1"], ["!!binary aGk=", "str hi"], ["'1'", "str 1"],
  ])("%s", (text, expected) => {
    expect(tree(`a: ${text}\n`)).toEqual([["a", expected]]);
  }); // prettier-ignore
});

describe("comments (format.md 6.2)", () => {
  it.each([
    ["a: 1 # x\n", ["#< x", ["a", "int 1"]]],
    ["a:\n  - b # x\n", [["a", ["#< x", "str b"]]]],
    ["a: # x\n  b: 1\n", ["# x", ["a", [["b", "int 1"]]]]],
    ["a: | # x\n  t\n", ["#< x", ["a", "str t\n"]]],
    ["a:\n  - # c\n    b: 1\n", [["a", [["# c", ["b", "int 1"]]]]]],
    ["a:\n  b: 1\n  # c\nd: 2\n", [["a", [["b", "int 1"], "# c"]], ["d", "int 2"]]],
    ["a:\n  b: 1\n# c\nd: 2\n", [["a", [["b", "int 1"]]], "# c", ["d", "int 2"]]],
    ["a: [1, # x\n 2] # y\n", [["a", ["# y", "#< x", "int 1", "int 2"]]]],
    ["a: {k: v} # z\n", [["a", ["# z", ["k", "str v"]]]]],
    ["# a\n\n# b\nc: 1\n", ["# a", "# b", ["c", "int 1"]]],
    ["a: 1\n# end\n---\nb: 2\n", [[["a", "int 1"], "# end"], [["b", "int 2"]]]],
  ])("%j", (text, expected) => {
    expect(tree(text)).toEqual(expected);
  }); // prettier-ignore
});

describe("structure", () => {
  it("expands aliases to copies of their own and keeps << as a key", () => {
    expect(tree("a: &x {k: v}\nb: {<<: *x}\n")).toEqual([
      ["a", [["k", "str v"]]],
      ["b", [["<<", [["k", "str v"]]]]],
    ]);
  });

  it("keeps the order of keys, __proto__ and numbers among them", () => {
    expect(tree('b: 1\n"1": 2\n__proto__: 3\n')).toEqual([
      ["b", "int 1"],
      ["1", "int 2"],
      ["__proto__", "int 3"],
    ]);
  });

  it("reads an empty document as an empty map, and duplicates in a later document", () => {
    expect(tree("---\n")).toEqual([]);
    expect(tree("a: 1\n---\nb: 1\nb: 2\n")).toEqual([[["a", "int 1"]], [["b", "int 1"], ["b", "int 2"]]]);
  }); // prettier-ignore

  it("survives depth without a stack overflow", () => {
    expect(codeOf(`a: ${"[".repeat(20000)}`).code).toBe("UNSUPPORTED");
  });

  it("says that the depth is a limit of enc, not an error in the YAML", () => {
    const deep = (levels: number): (() => unknown) => {
      const text = `a: ${"[".repeat(levels)}${"]".repeat(levels)}\n`;
      return () => yamlFormat.parsePlain(new TextEncoder().encode(text));
    };
    expect(deep(900)).not.toThrow();
    expect(deep(1100)).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED",
        hint: expect.stringContaining("limit of enc") as string,
      }),
    );
  });
});

describe("refusals name their place", () => {
  it.each([
    ["- a\n", "TOP_LEVEL_NOT_MAP", 1],
    ["text\n", "TOP_LEVEL_NOT_MAP", 1],
    ["a: 1\nb: 2\na: 3\n", "DUPLICATE_KEY", 3],
    ["a:\n  1: x\n", "NON_STRING_KEY", 2],
    ["true: x\n", "NON_STRING_KEY", 1],
    ["~: x\n", "NON_STRING_KEY", 1],
    // What go-yaml itself refuses in the first document, SOPS reports as a file that it cannot read.
    ["? [a]\n: x\n", "PARSE", 1],
    ["m:\n  {a: b}: x\n", "PARSE", 2],
    ["a: &k {b: c}\n*k : x\n", "PARSE", 2],
    ['!!binary "no": x\n', "PARSE", 1],
    ["!!int no: x\n", "PARSE", 1],
    ["a: 1\n---\n? [a]\n: x\n", "NON_STRING_KEY", 3],
    ["a: 1\n---\n!!int no: x\n", "NON_STRING_KEY", 3],
    // To SOPS a file with such a key can be read: what keeps it from being read comes first, wherever it stands.
    ["1: x\n? {a: b}\n: x\n", "PARSE", 2],
    ["s:\n  1: x\nt:\n  ? [a]\n  : x\n", "PARSE", 4],
    ["1: x\na: 1\na: 2\n", "DUPLICATE_KEY", 3],
    ["1: x\n1: y\n", "DUPLICATE_KEY", 2],
    ["1: x\na: !!int y\n", "PARSE", 2],
    ["1: x\n---\n- a\n", "TOP_LEVEL_NOT_MAP", 3],
    ["1: x\nsops: {}\n", "ALREADY_ENCRYPTED", 2],
    ["true: x\n1: y\n---\n? [a]\n: x\n", "NON_STRING_KEY", 1],
    ["a: 1\n b: 2\n", "PARSE", 2],
    ["a: [1, 2\nb: 3\n", "PARSE", 2],
    ["a: 'x\n", "PARSE", 1],
    ["a:\n\t- b\n", "PARSE", 2],
    ["a: *x\n", "PARSE", 1],
    ["a: &x [*x]\n", "PARSE", 1],
    ["a: 1\n<<: 2\n", "PARSE", 2],
    ["a: !!int x\n", "PARSE", 1],
    ["a: \u0007\n", "PARSE", 1],
    ["%YAML 1.2\n---\na: 1\n", "PARSE", 1],
    ["a: 9223372036854775808\n", "UNSUPPORTED", 1],
    ["a: 1\nsops: {}\n", "ALREADY_ENCRYPTED", 2],
    ["", "NO_DOCUMENT", undefined],
    ["# only\n", "PARSE", undefined],
  ])("%j is %s", (text, code, line) => {
    expect(codeOf(text)).toEqual({ code, line });
  });

  it("bytes that are not UTF-8", () => {
    expect(codeOf(Uint8Array.of(0x61, 0x3a, 0x20, 0xff))).toEqual({ code: "NOT_UTF8", line: 1 });
  });

  it("an alias bomb", () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `l${String(i + 1)}: &l${String(i + 1)} [${`*l${String(i)}, `.repeat(9)}]`,
    );
    expect(codeOf(["l0: &l0 x", ...levels].join("\n")).code).toBe("UNSUPPORTED");
  });

  it("a sealed file without a block, or with one that is no map", () => {
    const open = (text: string) => () => yamlFormat.parseSealed(new TextEncoder().encode(text));
    expect(open("a: 1\n")).toThrow(expect.objectContaining({ code: "NO_METADATA" }));
    expect(open("a: 1\nsops: 2\n")).toThrow(expect.objectContaining({ code: "BAD_METADATA" }));
  });
});
