import { describe, expect, it } from "vitest";
import { entry, list, map, str, type Node } from "../../../src/core/model/tree.ts";
import { floatText } from "../../../src/formats/yaml/emit/scalar-text.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const canonical = (text: string, indent?: number): string =>
  decode(yamlFormat.emit(yamlFormat.parsePlain(new TextEncoder().encode(text)).tree, { indent }));
const value = (node: Node): string =>
  decode(yamlFormat.emit({ documents: [map([entry("k", node)])] })).slice(3);

describe("strings (format.md 6.3)", () => {
  it.each([
    ["foo", "foo"], ["yes", '"yes"'], ["1", '"1"'], ["1:20", '"1:20"'], ["", '""'], ["~", '"~"'], ["-x", "-x"], ["a]", "a]"],
    ["- a", "'- a'"], ["a: b", "'a: b'"], ["a #b", "'a #b'"], ["a:", "'a:'"], ["it's", "it's"], ["'q'", "'''q'''"], [" x", "' x'"],
    ["a\tb", '"a\\tb"'], ["😀", '"\\U0001F600"'], ["\u0085", '"\\N"'], ["é", "é"], ["<<", "!!merge <<"], ["---", "'---'"],
    ["a\nb", "|-\n    a\n    b"], ["a\n", "|\n    a"], ["a\n\n", "|+\n    a\n"], [" a\nb", "|4-\n     a\n    b"], ["a \nb", '"a \\nb"'],
  ])("%j is %s", (text, expected) => {
    expect(value(str(text))).toBe(`${expected}\n`);
  }); // prettier-ignore

  it("a text that go-yaml would write so that it cannot be read is double-quoted", () => {
    expect(value(str("\ta\nb"))).toBe('"\\ta\\nb"\n');
    expect(decode(yamlFormat.emit({ documents: [map([entry("k", list([str(" a\nb")]))])] }))).toBe(
      'k:\n    - " a\\nb"\n',
    );
  });

  it("bytes are !!binary", () => {
    expect(value({ type: "leaf", value: { kind: "bytes", value: Uint8Array.of(0xff) } })).toBe(
      "!!binary /w==\n",
    );
  });
});

it.each([
  [1, "1"], [100000, "100000"], [1234567, "1.234567e+06"], [123456.7, "123456.7"], [1e20, "1e+20"], [0.0001, "0.0001"],
  [0.00001, "1e-05"], [1e-7, "1e-07"], [-0, "-0"], [Infinity, ".inf"], [-Infinity, "-.inf"], [NaN, ".nan"],
])("the float %d is %s", (number, expected) => {
  expect(floatText(number)).toBe(expected);
}); // prettier-ignore

describe("structure", () => {
  it("indents by four, lists too, or as told", () => {
    expect(canonical("a:\n- b: 1\n  c:\n  - 2\n")).toBe("a:\n    - b: 1\n      c:\n        - 2\n");
    expect(canonical("a:\n- b: 1\n", 2)).toBe("a:\n  - b: 1\n");
    expect(() => canonical("a: 1\n", -1)).toThrow(expect.objectContaining({ code: "EMIT" }));
  });

  it("places comments as SOPS does", () => {
    const text = "# top\na: 1 # x\nb:\n    # in\n    - c\n    # foot\n# tail\n";
    expect(canonical("# top\na: 1 # x\nb:\n  # in\n  - c\n  # foot\n# tail\n")).toBe(text);
  });

  it("separates documents and writes empty ones as {}", () => {
    expect(canonical("a: 1\n---\n---\nb: []\n")).toBe("a: 1\n---\n{}\n---\nb: []\n");
  });

  it("writes long and multi-line keys with ?", () => {
    expect(canonical('"a\\nb": 1\n')).toBe("? |-\n    a\n    b\n: 1\n");
    expect(canonical(`${"k".repeat(129)}: 1\n`)).toBe(`? ${"k".repeat(129)}\n: 1\n`);
  });

  it("puts the block last and refuses the reserved key", () => {
    const tree = { documents: [map([entry("a", str("x"))])] };
    expect(decode(yamlFormat.emitSealed(tree, map([entry("mac", str("m"))])))).toBe(
      "a: x\nsops:\n    mac: m\n",
    );
    expect(() => yamlFormat.emit({ documents: [map([entry("sops", str("x"))])] })).toThrow(
      expect.objectContaining({ code: "EMIT" }),
    );
  });

  it("emits a single value", () => {
    expect(decode(yamlFormat.emitValue(list([str("a")])))).toBe("- a\n");
    expect(decode(yamlFormat.emitValue({ type: "leaf", value: { kind: "int", value: 5n } }))).toBe("5\n");
  });
});
