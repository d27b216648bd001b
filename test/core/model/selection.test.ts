import { describe, expect, it } from "vitest";
import {
  assertOneSelector,
  compileSelection,
  DEFAULT_SELECTOR,
  SELECT_ALL,
  type SelectorName,
} from "../../../src/core/model/selection.ts";

const matches = async (name: SelectorName, pattern: string, key: string): Promise<boolean> =>
  (await compileSelection({ name, pattern }, "seal")).keyMatches(key);

describe("patterns are RE2's", () => {
  it.each([
    ["^secret$", "secret", true],
    ["^secret$", "secret\n", false],
    ["secret", "my_secrets", true],
    ["(?i)PASS", "my_password", true],
    ["(?P<n>a)", "a", true],
    ["\\Aa\\z", "a", true],
    ["\\Qa.b\\E", "a.b", true],
    ["\\Qa.b\\E", "axb", false],
    ["[[:alpha:]]", "1", false],
    ["^\\pL$", "é", true],
    ["^.$", "😀", true],
    ["^.$", "\r", true],
    ["^.$", "\u2028", true],
    ["^.$", "\n", false],
    ["\\s", "\u00a0", false],
    ["\\d", "٣", false],
  ])("%s on %j: %s", async (pattern, key, is) => {
    expect(await matches("encrypted_regex", pattern, key)).toBe(is);
    expect(await matches("unencrypted_regex", pattern, key)).toBe(is);
  });

  it.each(["(", "(?=a)", "(?<=a)b", "\\1", "a++", "[a", "a{1001}", "\\Z", "*"])(
    "the bad pattern %s is refused on sealing and matches nothing on opening",
    async (pattern) => {
      for (const name of ["encrypted_regex", "unencrypted_regex", "encrypted_comment_regex"] as const) {
        const refused = compileSelection({ name, pattern }, "seal");
        await expect(refused).rejects.toMatchObject({ code: "BAD_PATTERN" });
        const selection = await compileSelection({ name, pattern }, "open");
        expect(selection.badPattern).toBe(pattern);
        expect(selection.keyMatches("a")).toBe(false);
        expect(selection.commentMatches("a")).toBe(false);
      }
    },
  );

  it("does not backtrack", async () => {
    const selection = await compileSelection({ name: "encrypted_regex", pattern: "(a+)+$" }, "seal");
    expect(selection.keyMatches(`${"a".repeat(5000)}b`)).toBe(false);
  });
});

describe("suffixes", () => {
  it("are taken as they are, at the end of the key", async () => {
    expect(await matches("encrypted_suffix", ".enc", "a.enc")).toBe(true);
    expect(await matches("encrypted_suffix", ".enc", "axenc")).toBe(false);
    expect(await matches("encrypted_suffix", ".enc", "a.enc2")).toBe(false);
  });

  it("no selector, and an empty one, is the default", async () => {
    for (const selector of [undefined, { name: "unencrypted_regex", pattern: "" } as const]) {
      const selection = await compileSelection(selector, "seal");
      expect(selection.keyMatches(`a${DEFAULT_SELECTOR.pattern}`)).toBe(true);
      expect(selection.keyMatches("a")).toBe(false);
      expect(selection.marksEncrypted).toBe(false);
    }
  });

  it("SELECT_ALL has no exception", () => {
    expect(SELECT_ALL.keyMatches("a_unencrypted") || SELECT_ALL.commentMatches("x")).toBe(false);
    expect(SELECT_ALL.marksEncrypted).toBe(false);
  });
});

describe("comment patterns", () => {
  it("only unencrypted_comment_regex looks at the ciphertext of a comment", async () => {
    const text = "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:comment]";
    const un = await compileSelection({ name: "unencrypted_comment_regex", pattern: "ENC" }, "seal");
    const en = await compileSelection({ name: "encrypted_comment_regex", pattern: "ENC" }, "seal");
    expect(un.sealedCommentMatches(text)).toBe(true);
    expect(un.sealedCommentMatches("E")).toBe(false);
    expect(en.sealedCommentMatches(text)).toBe(false);
    expect(en.keyMatches("ENC")).toBe(false);
  });
});

describe("assertOneSelector", () => {
  const a = { name: "encrypted_regex", pattern: "a" } as const;
  const b = { name: "unencrypted_suffix", pattern: "b" } as const;

  it("answers the one that is set", () => {
    expect(assertOneSelector([])).toBeUndefined();
    expect(assertOneSelector([b])).toBe(b);
    expect(assertOneSelector([{ ...a, pattern: "" }, b])).toBe(b);
  });

  it("refuses two", () => {
    expect(() => assertOneSelector([a, b])).toThrow(expect.objectContaining({ code: "TWO_SELECTORS" }));
  });
});
