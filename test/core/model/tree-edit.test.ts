import { describe, expect, it } from "vitest";
import { getAt, replaceSites, setAt, type TreePath, unsetAt } from "../../../src/core/model/tree-edit.ts";
import { equalNodes } from "../../../src/core/model/tree-equal.ts";
import {
  type Comment,
  entry,
  list,
  map,
  type MapNode,
  type Node,
  str,
} from "../../../src/core/model/tree.ts";

/** A plain JavaScript value as a tree: strings, arrays and objects are enough here. */
type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

function node(value: Plain): Node {
  if (typeof value === "string") return str(value);
  if (Array.isArray(value)) return list(value.map((v: Plain) => node(v)));
  return map(Object.entries(value).map(([k, v]) => entry(k, node(v))));
}

function root(value: { readonly [key: string]: Plain }): MapNode {
  return node(value) as MapNode;
}

describe("setAt follows sops set", () => {
  const cases: [string, { [k: string]: Plain }, TreePath, Plain, { [k: string]: Plain }][] = [
    ["a new key", { a: "1" }, ["b"], "2", { a: "1", b: "2" }],
    ["a new branch", { a: "1" }, ["b", "c", "d"], "2", { a: "1", b: { c: { d: "2" } } }],
    ["an existing key, in its place", { a: "1", b: "2" }, ["a"], "3", { a: "3", b: "2" }],
    ["a scalar in the way becomes a map", { a: "1" }, ["a", "b"], "2", { a: { b: "2" } }],
    ["a key in an empty document", {}, ["a"], "1", { a: "1" }],
    ["a list element", { a: ["1", "2"] }, ["a", 1], "3", { a: ["1", "3"] }],
    ["two new list levels", {}, ["a", 0, 0], "1", { a: [["1"]] }],
    ["an index past the end appends once", { a: ["1"] }, ["a", 9], "2", { a: ["1", "2"] }],
    ["a scalar element becomes a map", { a: ["1"] }, ["a", 0, "b"], "2", { a: [{ b: "2" }] }],
    [
      "one past the end, then a key",
      { a: [{ b: "1" }] },
      ["a", 1, "c"],
      "2",
      { a: [{ b: "1" }, { c: "2" }] },
    ],
    ["a map replaces a scalar", { a: "1" }, ["a"], { b: "2" }, { a: { b: "2" } }],
  ];
  it.each(cases)("%s", (_, before, path, value, after) => {
    expect(equalNodes(setAt(root(before), path, node(value)), root(after))).toBe(true);
  });

  it("refuses a key into a list and an index into a map, naming the path", () => {
    expect(() => setAt(root({ a: ["1"] }), ["a", "k"], str("x"))).toThrow(/\["a"\] is a list/);
    expect(() => setAt(root({ a: { b: "1" } }), ["a", 0], str("x"))).toThrow(/\["a"\] is a map/);
  });
});

describe("unsetAt follows sops unset", () => {
  const cases: [string, { [k: string]: Plain }, TreePath, { [k: string]: Plain }][] = [
    ["a top-level key", { a: "1", b: "2" }, ["a"], { b: "2" }],
    ["the last key leaves an empty document", { a: "1" }, ["a"], {}],
    ["a nested key leaves an empty map", { a: { b: "1" } }, ["a", "b"], { a: {} }],
    ["a list element, the rest shifts", { a: ["1", "2", "3"] }, ["a", 1], { a: ["1", "3"] }],
    ["the last element leaves an empty list", { a: ["1"] }, ["a", 0], { a: [] }],
    ["a key inside an element", { a: [{ b: "1", c: "2" }] }, ["a", 0, "b"], { a: [{ c: "2" }] }],
  ];
  it.each(cases)("%s", (_, before, path, after) => {
    expect(equalNodes(unsetAt(root(before), path), root(after))).toBe(true);
  });

  it.each([[["x"]], [["a", 5]], [["a", 0, "k"]], [["s", "k"]]] as TreePath[][])("%j is not found", (path) => {
    const tree = root({ a: ["1"], s: "x" });
    expect(() => unsetAt(tree, path)).toThrow(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
  });
});

describe("getAt", () => {
  it("counts comments among list elements, as sops does", () => {
    const note: Comment = { type: "comment", text: " note", inline: false };
    const tree = map([entry("a", list([note, str("x")]))]);
    expect(getAt(tree, ["a", 0])).toBe(note);
    expect(getAt(tree, ["a", 1])).toEqual(str("x"));
    expect(getAt(tree, ["a", "x"])).toBeUndefined();
  });

  it("finds keys that JavaScript objects treat as special", () => {
    const tree = map([entry("__proto__", str("p")), entry("1", str("one")), entry("0", str("zero"))]);
    expect(getAt(tree, ["__proto__"])).toEqual(str("p"));
    expect(tree.entries.map((e) => e.type === "entry" && e.key)).toEqual(["__proto__", "1", "0"]);
    expect(getAt(tree, ["constructor"])).toBeUndefined();
  });
});

describe("replaceSites", () => {
  it("turns a sealed comment in a list into a string element, and back into a comment on opening", () => {
    const note: Comment = { type: "comment", text: " note", inline: true };
    const tree = { documents: [map([entry("a", list([note]))])] };
    const sealed = replaceSites(tree, new Map([[note, { text: "ENC[x]" }]]));
    const element = getAt(sealed.documents[0] ?? map([]), ["a", 0]);
    expect(element).toEqual(str("ENC[x]"));
    if (element?.type !== "leaf") throw new Error("expected a leaf");
    const opened = replaceSites(sealed, new Map([[element, " note"]]));
    expect(getAt(opened.documents[0] ?? map([]), ["a", 0])).toEqual({
      type: "comment",
      text: " note",
      inline: false,
    });
  });
});
