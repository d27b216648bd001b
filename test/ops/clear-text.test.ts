import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import type { Selector } from "../../src/core/model/selection.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { clearAgainstRule } from "../../src/ops/clear-text.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { openForEdit } from "../../src/ops/edit.ts";
import { SETTINGS, testContext } from "../support/context.ts";

const BY_A: Selector = { name: "encrypted_regex", pattern: "^a" };

/** What is told where `before` becomes `after` in a file with the selector `own`, and the rule has `wanted`. */
async function told(
  [before, after]: readonly [string, string],
  wanted: Selector | undefined,
  own: Selector | undefined = BY_A,
  name: FormatName = "yaml",
): Promise<string | null> {
  const ctx = await testContext();
  const format = await loadFormat(name);
  const formats = { input: format, output: format };
  const sealed = await encrypt(utf8(before), formats, { ...SETTINGS, selector: own }, ctx);
  const edited = await (await openForEdit(sealed, format, {}, ctx)).reseal(utf8(after));
  const line = await clearAgainstRule({ before: sealed, after: edited, formats, selector: own }, wanted);
  return line && line.slice(0, line.indexOf(" will stand in clear text"));
}

describe("what a change adds in clear text against the rule", () => {
  it.each<[what: string, before: string, after: string, named: string | null]>([
    ["a value", "a: 1\n", "a: 1\nb: 2\n", '["b"]'],
    ["a value in a list", "a: 1\nb: [x]\n", "a: 1\nb: [x, y]\n", '["b"][1]'],
    ["another value of a key", "a: 1\nb: 2\n", "a: 1\nb: 3\n", '["b"]'],
    ["a value of another kind", "a: 1\nb: 2\n", 'a: 1\nb: "2"\n', '["b"]'],
    ["a comment", "a: 1\n", "# c\na: 1\n", "a comment"],
    ["a comment of a list", "a: 1\nb:\n  - x\n", "a: 1\nb:\n  # c\n  - x\n", 'a comment at ["b"][0]'],
    ["many values", "a: 1\n", "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\n", '["b"], ["c"], ["d"] and 2 more'],
    ["in the second document", "a: 1\n", "a: 1\n---\nb: 2\n", '["b"]'],
    ["nothing: what was there", "a: 1\nb: [x, y]\n", "a: 2\nb: [y, x]\n", null],
    ["nothing: a value is gone", "a: 1\nb: [x, y]\n", "a: 1\nb: [y]\n", null],
    ["nothing: empty values", "a: 1\n", 'a: 1\nb: ""\nc: null\nd: {}\n', null],
    ["nothing: clear by the rule too", "a: 1\n", "a: 1\nb_unencrypted: 2\n", null],
    ["nothing: it is encrypted", "a: 1\n", "a: 1\na2: 2\n", null],
  ])("%s", async (_, before, after, named) => {
    expect(await told([before, after], undefined)).toBe(named);
  });

  it.each<[FormatName, string, string, string]>([
    ["json", '{"a": "1"}', '{"a": "1", "b": "2"}', '["b"]'],
    ["dotenv", "a=1\n", "a=1\nb=2\n", '["b"]'],
    ["ini", "[s]\na = 1\n", "[s]\na = 1\nb = 2\n", '["s"]["b"]'],
  ])("in %s", async (name, before, after, named) => {
    expect(await told([before, after], undefined, BY_A, name)).toBe(named);
  });

  it("nothing where the rule has the same selector, or the file is one binary value", async () => {
    expect(await told(["a: 1\n", "a: 1\nb: 2\n"], BY_A)).toBeNull();
    expect(await told(["x\n", "y\n"], BY_A, undefined, "binary")).toBeNull();
  });

  it("by comments that the file holds in clear text", async () => {
    const rule: Selector = { name: "encrypted_comment_regex", pattern: "secret" };
    expect(await told(["a: 1\n", "a: 1\n# secret\nb: 2\nc: 3\n"], rule)).toBe('["b"]');
    const open: Selector = { name: "unencrypted_comment_regex", pattern: "public" };
    expect(await told(["a: 1\n", "a: 1\n# public\nb: 2\nc: 3\n"], open)).toBe('["c"]');
  });

  it("by a comment that is sealed, and may say so", async () => {
    const own: Selector = { name: "unencrypted_regex", pattern: "^b" };
    const rule: Selector = { name: "encrypted_comment_regex", pattern: "secret" };
    expect(await told(["a: 1\n", "a: 1\n# secret\nb: 2\n"], rule, own)).toBe('["b"]');
    const open: Selector = { name: "unencrypted_comment_regex", pattern: "public" };
    expect(await told(["a: 1\n", "a: 1\n# public\nb: 2\n"], open, own)).toBe('["b"]');
  });
});
