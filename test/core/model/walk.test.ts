import { describe, expect, it } from "vitest";
import { compileSelection, SELECT_ALL, type SelectorName } from "../../../src/core/model/selection.ts";
import {
  type Comment,
  entry,
  list,
  map,
  type MapNode,
  type Node,
  NULL,
  str,
} from "../../../src/core/model/tree.ts";
import { plaintextOf } from "../../../src/core/model/value.ts";
import { walk } from "../../../src/core/model/walk.ts";

const comment = (text: string): Comment => ({ type: "comment", text, inline: false });
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** One line for each site: `+` selected or `-` clear, its AAD, and its text; `#` before a comment. */
async function visits(
  name: SelectorName | null,
  pattern: string,
  ...documents: readonly MapNode[]
): Promise<string[]> {
  const lines: string[] = [];
  const sign = (selected: boolean): string => (selected ? "+" : "-");
  walk({ documents }, name === null ? SELECT_ALL : await compileSelection({ name, pattern }, "seal"), {
    leaf: (leaf, at) => void lines.push(`${sign(at.selected)} ${at.aad} ${textOf(plaintextOf(leaf.value))}`),
    comment: (c, at) => void lines.push(`${sign(at.selected)} ${at.aad} #${c.text}`),
  });
  return lines;
}

describe("order and AAD", () => {
  it("keys only: no list index, a colon behind each, one alone at the top", async () => {
    const lines = await visits(
      null,
      "",
      map([
        comment("top"),
        entry("a", str("1")),
        entry(
          "b",
          map([comment("in b"), entry("c", list([str("2"), list([str("3")]), map([entry("d", str("4"))])]))]),
        ),
        entry("e:f", list([comment("in list"), NULL, map([]), list([])])),
        entry("<<", map([entry("x", str("5"))])),
        entry("v", comment("a comment as value")),
        entry("n", NULL),
        entry("", str("6")),
      ]),
      map([entry("a", str("second document"))]),
    );
    expect(lines).toEqual([
      "+ : #top",
      "+ a: 1",
      "+ b: #in b",
      "+ b:c: 2",
      "+ b:c: 3",
      "+ b:c:d: 4",
      "+ e:f: #in list",
      "+ <<:x: 5",
      "+ v: #a comment as value",
      "+ : 6",
      "+ a: second document",
    ]);
  });

  it("where() has the list indices, comment elements counted", () => {
    const paths: (string | number)[][] = [];
    const tree = map([
      comment("top"),
      entry("a", list([comment("c"), str("x"), list([str("y"), map([comment("d"), entry("k", str("z"))])])])),
      entry("b", str("w")),
    ]);
    walk({ documents: [tree, tree] }, SELECT_ALL, {
      leaf: (_, visit) => void paths.push(visit.where()),
      comment: (_, visit) => void paths.push(visit.where()),
    });
    const once = [[], ["a", 0], ["a", 1], ["a", 2, 0], ["a", 2, 1], ["a", 2, 1, "k"], ["b"]];
    expect(paths).toEqual([...once, ...once]);
  });

  it("goes 50,000 levels deep", () => {
    let node: Node = str("bottom");
    for (let i = 0; i < 50_000; i++) node = i % 2 === 0 ? list([node]) : map([entry("k", node)]);
    let depth = 0;
    walk({ documents: [map([entry("r", node)])] }, SELECT_ALL, {
      leaf: (_, visit) => void (depth = visit.where().length),
      comment: () => undefined,
    });
    expect(depth).toBe(50_001);
  });
});

describe("by key", () => {
  const tree = map([
    comment("c"),
    entry("a", str("1")),
    entry("b_x", map([comment("c"), entry("c", list([str("2"), map([entry("d", str("3"))])]))])),
    entry("e", list([map([entry("f_x", str("4"))]), str("5")])),
    entry("x_y", str("6")),
  ]);
  const marked = ["b_x: #c", "b_x:c: 2", "b_x:c:d: 3", "e:f_x: 4"];

  it.each([
    ["encrypted_suffix", "_x", "+"],
    ["encrypted_regex", "_x$", "+"],
    ["unencrypted_suffix", "_x", "-"],
    ["unencrypted_regex", "_x$", "-"],
  ] as const)(
    "%s %s: any key from the root down, lists and comments by their container",
    async (name, pattern, sign) => {
      const lines = await visits(name, pattern, tree);
      expect(lines).toHaveLength(8);
      expect(lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(2))).toEqual(marked);
    },
  );
});

describe("by comment", () => {
  const sub = map([entry("x", list([str("4")])), entry("y", str("5"))]);
  const tree = map([
    entry("a", str("1")),
    comment("before"),
    comment("MARK"),
    comment("after"),
    entry("b", str("2")),
    entry("c", str("3")),
    comment("MARK"),
    entry("d", sub),
    entry("e", list([str("6"), comment("MARK"), str("7"), str("8")])),
    comment("MARK"),
    entry("f", NULL),
    entry("g", str("9")),
    entry("h", comment("MARK")),
    entry("i", str("10")),
    entry("j", str("11")),
  ]);

  it("encrypted_comment_regex: what stands below the mark; the mark itself stays readable", async () => {
    expect(await visits("encrypted_comment_regex", "MARK", tree)).toEqual([
      "- a: 1",
      "- : #before",
      "- : #MARK",
      "+ : #after",
      "+ b: 2",
      "- c: 3",
      "- : #MARK",
      "+ d:x: 4",
      "+ d:y: 5",
      "- e: 6",
      "- e: #MARK",
      "+ e: 7",
      "- e: 8",
      "- : #MARK",
      "- g: 9",
      "- h: #MARK",
      "+ i: 10",
      "- j: 11",
    ]);
  });

  it("unencrypted_comment_regex: the same sites, the mark among them, the other way round", async () => {
    const lines = await visits("unencrypted_comment_regex", "MARK", tree);
    const clear = lines.filter((line) => line.startsWith("-")).map((line) => line.slice(2));
    expect(clear).toEqual([
      ": #MARK",
      ": #after",
      "b: 2",
      ": #MARK",
      "d:x: 4",
      "d:y: 5",
      "e: #MARK",
      "e: 7",
      ": #MARK",
      "h: #MARK",
      "i: 10",
    ]);
  });

  it("a mark in one document does not reach the next", async () => {
    const lines = await visits(
      "encrypted_comment_regex",
      "MARK",
      map([comment("MARK")]),
      map([entry("a", str("1"))]),
    );
    expect(lines).toEqual(["- : #MARK", "- a: 1"]);
  });

  it("a list's sealed comment, which stands there as a string, does not end the run of comments", async () => {
    const sealed = list([comment("MARK"), str("sealed comment"), str("sealed value"), str("clear")]);
    const selection = await compileSelection({ name: "encrypted_comment_regex", pattern: "MARK" }, "open");
    const seen = (isComment: (text: string) => boolean): string[] => {
      const selected: string[] = [];
      walk({ documents: [map([entry("a", sealed)])] }, selection, {
        leaf(leaf, visit) {
          const text = textOf(plaintextOf(leaf.value));
          if (visit.selected) selected.push(text);
          if (isComment(text)) visit.isComment();
        },
        comment: () => undefined,
      });
      return selected;
    };
    expect(seen((text) => text === "sealed comment")).toEqual(["sealed comment", "sealed value"]);
    expect(seen(() => false)).toEqual(["sealed comment"]);
  });
});
