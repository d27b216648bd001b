import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closest } from "../../../src/core/base/suggest.ts";

const KEYS = [
  "creation_rules",
  "destination_rules",
  "stores",
  "age",
  "pgp",
  "kms",
  "encrypted_regex",
  "unencrypted_regex",
];

describe("closest", () => {
  it.each([
    ["creation_rule", "creation_rules"],
    ["creationRules", "creation_rules"],
    ["craetion_rules", "creation_rules"],
    ["encrypted_regexp", "encrypted_regex"],
    ["unecrypted_regex", "unencrypted_regex"],
    ["kmss", "kms"],
    ["AGE", "age"],
    ["aeg", "age"],
  ])("takes %s for %s", (word, meant) => {
    expect(closest(word, KEYS)).toBe(meant);
  });

  it.each(["keys", "x", "", "vault", "rules", "gpg", "a".repeat(5000)])("has no guess for %.20s", (word) => {
    expect(closest(word, KEYS)).toBeUndefined();
  });

  it("never takes one short word for another that shares nothing with it", () => {
    expect(closest("ab", ["c", "xy", "q"])).toBeUndefined();
  });

  it("prefers the nearest, then the first", () => {
    expect(closest("groups", ["group", "groups", "grouped"])).toBe("groups");
    expect(closest("roups", ["groups", "troups"])).toBe("groups");
  });

  it("finds a word after any one mistake in it", () => {
    const word = fc.stringMatching(/^[a-z_]{4,20}$/);
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom("drop", "double", "swap", "change"), (text, n, mistake) => {
        const i = n % (text.length - 1);
        const [a = "", b = ""] = [text[i], text[i + 1]];
        const wrong = { drop: "", double: a + a, swap: b + a, change: "#" }[mistake];
        const skip = mistake === "swap" ? 2 : 1;
        expect(closest(text.slice(0, i) + wrong + text.slice(i + skip), [text])).toBe(text);
      }),
    );
  });
});
