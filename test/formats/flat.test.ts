import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SopsError } from "../../src/core/base/errors.ts";
import { entry, list, map, type MapNode, type Node, NULL, str } from "../../src/core/model/tree.ts";
import { flatten, tokenize, unflatten } from "../../src/formats/flat.ts";

const flat = (block: MapNode): [string, unknown][] =>
  flatten(block).map(({ key, value }) => [key, value?.value ?? null]);

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SopsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("flatten", () => {
  it("names every step", () => {
    const block = map([
      entry("pgp", list([map([entry("fp", str("A"))])])),
      entry("kms", list([map([]), map([entry("context", map([entry("tenant", str("B"))]))])])),
      entry("key_groups", list([map([entry("age", list([map([entry("enc", str("C"))])]))])])),
      entry("mac_only_encrypted", { type: "leaf", value: { kind: "bool", value: true } }),
      entry("none", NULL),
    ]);
    expect(flat(block)).toEqual([
      ["pgp__list_0__map_fp", "A"],
      ["kms__list_1__map_context__map_tenant", "B"],
      ["key_groups__list_0__map_age__list_0__map_enc", "C"],
      ["mac_only_encrypted", true],
      ["none", null],
    ]);
  });

  it("skips comments and does not count them", () => {
    const comment = { type: "comment", text: "c", inline: false } as const;
    expect(flat(map([comment, entry("a", list([comment, str("x")]))]))).toEqual([["a__list_0", "x"]]);
  });

  it("refuses a collision", () => {
    const block = map([entry("a", map([entry("b", str("x"))])), entry("a__map_b", str("y"))]);
    expect(messageOf(() => flatten(block))).toMatch(/^EMIT: /);
  });
});

describe("tokenize", () => {
  it.each([
    ["foo", ["foo"]],
    ["foo__map_bar", ["foo", "bar"]],
    ["foo__list_10", ["foo", 10]],
    ["foo__list_10__map_bar", ["foo", 10, "bar"]],
    ["", [""]],
    ["__map_", ["", ""]],
    ["a__list_x", ["a", 0]],
    ["a__list_+1", ["a", 1]],
    ["a__list_", ["a", 0]],
    ["a_map_b__lis_", ["a_map_b__lis_"]],
  ])("%j", (path, steps) => {
    expect(tokenize(path)).toEqual(steps);
  });
});

describe("unflatten", () => {
  it("builds maps sorted by key", () => {
    expect(
      unflatten([
        ["b__list_1", "y"],
        ["b__list_0", "x"],
        ["a__map_z", "1"],
        ["a__map_c", "2"],
      ]),
    ).toEqual(
      map([
        entry("a", map([entry("c", str("2")), entry("z", str("1"))])),
        entry("b", list([str("x"), str("y")])),
      ]),
    );
    expect(unflatten([])).toEqual(map([]));
  });

  it.each([
    [
      "the same field twice",
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    [
      "a hole in a list",
      [
        ["a__list_0", "1"],
        ["a__list_2", "2"],
      ],
    ],
    ["a huge index", [["a__list_99999999999999999999", "1"]]],
    ["a negative index", [["a__list_-1", "1"]]],
    ["a list that does not start at 0", [["a__list_1", "1"]]],
    [
      "a list that is a map too",
      [
        ["a__list_0", "1"],
        ["a__map_b", "2"],
      ],
    ],
    [
      "a value that is a list too",
      [
        ["a", "1"],
        ["a__list_0", "2"],
      ],
    ],
    ["steps without end", [["a" + "__map_b".repeat(100_000), "1"]]],
  ] as const)("refuses %s", (_, pairs) => {
    expect(messageOf(() => unflatten(pairs))).toMatch(/^BAD_METADATA: /);
  });

  it("is the inverse of flatten (property)", () => {
    const key = fc.stringMatching(/^[a-z]{1,4}$/);
    const { node } = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string().map(str),
        fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map(list),
        fc.dictionary(key, tie("node"), { minKeys: 1, maxKeys: 3 }).map(sortedMap),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, node, { maxKeys: 4 }).map(sortedMap), (block) => {
        expect(unflatten(flat(block).map(([k, v]) => [k, String(v)] as const))).toEqual(block);
      }),
    );
  });
});

function sortedMap(nodes: Record<string, Node>): MapNode {
  return map(
    Object.keys(nodes)
      .sort()
      .map((key) => entry(key, nodes[key] ?? NULL)),
  );
}
