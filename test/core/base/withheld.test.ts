import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { isIdentityFile, withheld } from "../../../src/core/base/withheld.ts";

const IDENTITY = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0JQ";

describe("secret keys in messages", () => {
  it.each([
    ["an age identity", `no file at ${IDENTITY}`, "no file at (a secret key)"],
    ["an identity of a plugin", "AGE-PLUGIN-YUBIKEY-1QQQQ: none", "(a secret key): none"],
    [
      "a private key",
      "at -----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY----- x",
      "at (a secret key) x",
    ],
    ["the start of one", "at -----BEGIN RSA PRIVATE KEY-----\nabc", "at (a secret key)"],
    ["a login", "skipping tcp://u:hunter2@127.0.0.1:1", "skipping tcp://(a login)@127.0.0.1:1"],
  ])("%s is not told", (_, message, told) => {
    expect(withheld(message)).toBe(told);
  });

  it("leaves all else as it is", () => {
    const text =
      "a.yaml: https://vault:8200/v1 me@example.com arn:aws:kms:x age1abc -----BEGIN PUBLIC KEY-----";
    expect(withheld(text)).toBe(text);
  });
});

describe("a file of age identities", () => {
  it.each([
    [true, `# created: today\n# public key: age1x\n${IDENTITY}\n`],
    [true, `\r\n${IDENTITY}\r\n`],
    [false, ""],
    [false, "# a comment\n"],
    [false, `SOPS_AGE_KEY=${IDENTITY}\n`],
    [false, `${IDENTITY}\npassword: x\n`],
  ])("%s: %j", (is, text) => {
    expect(isIdentityFile(utf8(text))).toBe(is);
  });
});
