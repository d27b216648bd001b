import { describe, expect, test } from "vitest";
import { pasted } from "../../src/providers/pasted.ts";

describe("a name in a command of a hint", () => {
  test.each([
    "arn:aws:kms:eu-west-1:111122223333:alias/team",
    "https://v.vault.azure.net/keys/k/7f0c",
    "projects/p/locations/global/keyRings/r/cryptoKeys/k",
    "transit/keys/a_b.c-d",
    "role+name=x,y@z",
  ])("%s stays", (name) => {
    expect(pasted(name, "KEY")).toBe(name);
  });

  test.each([
    "a b",
    "a;b",
    "$(b)",
    "a`b`",
    "a&b",
    "a|b",
    "a>b",
    "a'b",
    'a"b',
    "a\nb",
    "a\\b",
    "a*",
    "a?b",
    "a~b",
    "-f",
    "",
    "é",
  ])("%j is left out", (name) => {
    expect(pasted(name, "KEY")).toBe("KEY");
  });
});
