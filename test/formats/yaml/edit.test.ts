import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../../src/core/base/bytes.ts";
import type { TreePath } from "../../../src/core/model/tree-edit.ts";
import { list, map, entry, str, type Node } from "../../../src/core/model/tree.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";

function set(text: string, path: TreePath, value: Node): string | null {
  const made = yamlFormat.parsePlain(utf8(text)).set?.(path, value) ?? null;
  return made === null ? null : fromUtf8(made);
}

function unset(text: string, path: TreePath): string | null {
  const made = yamlFormat.parsePlain(utf8(text)).unset?.(path) ?? null;
  return made === null ? null : fromUtf8(made);
}

const PORTS = list([str("p")]);
const BLOCK = "a: 1.0\n\nl:\n- k: |\n    x\n\n    y\n  m: z\n- last\n";

/** Each of these was printed anew as a whole: blank lines, quotes, anchors and `16.0` were gone. */
describe("yaml: set in the text", () => {
  it.each<[string, string, TreePath, Node, string]>([
    [
      "a scalar with a comment behind it becomes a list",
      "m:\n  a:   1.0 # one\n\n  b: 'x'\n",
      ["m", "a"],
      PORTS,
      "m:\n  # one\n  a:\n    - p\n\n  b: 'x'\n",
    ],
    [
      "a list with comments inside and behind its key becomes text",
      "a: 1.0\n\nl: # of l\n  # inside\n  - x\n  # end\nz: 'q'\n",
      ["l"],
      str("v"),
      "a: 1.0\n\n# of l\nl: v\nz: 'q'\n",
    ],
    [
      "a list element that ends with a block scalar",
      BLOCK.replace("  m: z\n", ""),
      ["l", 0],
      map([entry("n", str("v"))]),
      'a: 1.0\n\nl:\n- {"n": "v"}\n- last\n',
    ],
  ])("%s", (_, text, path, value, expected) => {
    expect(set(text, path, value)).toBe(expected);
  });
});

describe("yaml: a new key below comments", () => {
  it.each([
    ["a: 1\n\n# one\n# two\n", "a: 1\n\n# one\n# two\nnew: v\n"],
    ["m:\n  a: 1\n  # in\n\n# out\n", "m:\n  a: 1\n  # in\n\n# out\nnew: v\n"],
    ["a: 1 # in\n", "a: 1 # in\nnew: v\n"],
  ])("%j", (text, expected) => {
    expect(set(text, ["new"], str("v"))).toBe(expected);
  });

  it("stands in the map that the comments before it are in", () => {
    expect(set("m:\n  a: 1\n  # in\n# out\nz: 2\n", ["m", "new"], str("v"))).toBe(
      "m:\n  a: 1\n  # in\n  new: v\n# out\nz: 2\n",
    );
  });

  // Each of them was tried as a place, and each try reads the whole text: 20 seconds.
  it("is found below ten thousand comments", () => {
    const text = "a: 1\n" + "# c\n".repeat(10_000);
    expect(set(text, ["new"], str("v"))).toBe(text + "new: v\n");
  });
});

describe("yaml: unset in the text", () => {
  it.each<[string, string, TreePath, string]>([
    [
      "the first key of a list element",
      "a: 16.0\n\nl:\n  -   k: v\n      m: 'z'\n",
      ["l", 0, "k"],
      "a: 16.0\n\nl:\n  -   m: 'z'\n",
    ],
    [
      "the first key of a list element, with a block scalar",
      BLOCK,
      ["l", 0, "k"],
      "a: 1.0\n\nl:\n- m: z\n- last\n",
    ],
    [
      "a list with a comment behind its key",
      "a: 1.0\n\nl: # of l\n  - |\n    x\nz: 'q'\n",
      ["l"],
      "a: 1.0\n\n# of l\nz: 'q'\n",
    ],
  ])("%s", (_, text, path, expected) => {
    expect(unset(text, path)).toBe(expected);
  });
});
