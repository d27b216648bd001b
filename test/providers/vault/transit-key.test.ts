import { describe, expect, test } from "vitest";
import type { SopsError } from "../../../src/core/base/errors.ts";
import type { KeyRef } from "../../../src/core/keys/key.ts";
import {
  identityOf,
  parseTransitUri,
  shownAddress,
  transitKeyOf,
} from "../../../src/providers/vault/transit-key.ts";

const key = (vault_address: string, engine_path: string, key_name: string): KeyRef => ({
  type: "hc_vault",
  fields: { vault_address, engine_path, key_name },
});

describe("the URI of a Vault key", () => {
  test.each([
    [
      "https://vault.example.com:8200/v1/transit/keys/keyName",
      "https://vault.example.com:8200",
      "transit",
      "keyName",
    ],
    [
      "https://vault.me.com/v1/super42/bestmarket/keys/slig",
      "https://vault.me.com",
      "super42/bestmarket",
      "slig",
    ],
    ["http://127.0.0.1:12121/v1/transit/keys/dev", "http://127.0.0.1:12121", "transit", "dev"],
    ["http://[::1]:8200/v1/transit/keys/dev", "http://[::1]:8200", "transit", "dev"],
    // The version and the word `keys` are not checked, a slash at the end is dropped.
    ["https://h/v22/a/b/c/d/anything/name/", "https://h", "a/b/c/d", "name"],
    ["HTTPS://Vault.Example/v1/transit/keys/A", "https://Vault.Example", "transit", "A"],
    ["https://user@h/v1/transit/keys/a", "https://user@h", "transit", "a"],
    ["https://h/v1/tr ä/keys/a", "https://h", "tr%20%C3%A4", "a"],
    ["https://h/v1/tr%20a/keys/a", "https://h", "tr%20a", "a"],
  ])("%s", (uri, address, engine, name) => {
    expect(parseTransitUri(uri)).toEqual(key(address, engine, name));
  });

  test.each([
    ["vault.me/keys/dev/mykey", "no scheme"],
    ["https:/v1/transit/keys/a", "no scheme"],
    ["http://127.0.0.1:12121/v1/keys/dev", "names no transit key"],
    ["tcp://127.0.0.1:12121/v1/keys/dev", "names no transit key"],
    ["https://h/secret/foo/bar/baz", "names no transit key"],
    ["https://h/v1//transit/keys/a", "names no transit key"],
    ["https://h", "names no transit key"],
    ["https://h/nested/v1/transit/keys/bar", "path prefix"],
    ["https://h/v1/a/v2/transit/keys/bar", "path prefix"],
    ["https:///v1/transit/keys/a", "no usable host"],
    ["https://a b/v1/transit/keys/a", "no usable host"],
    ["https://h/v1/transit/keys/a?x=1", "query or a fragment"],
    ["https://h/v1/transit/keys/a#b", "query or a fragment"],
    ["https://h/v1/transit/../keys/a", "segment of dots"],
    ["https://h/v1/transit/keys/..", "segment of dots"],
  ])("%s is refused: %s", (uri, why) => {
    expect(() => parseTransitUri(uri)).toThrow(expect.objectContaining({ code: "BAD_RECIPIENT" }));
    expect(() => parseTransitUri(uri)).toThrow(why);
  });

  test("a password is refused, and not repeated", () => {
    const uri = "https://me:hunter2@h/v1/transit/keys/a";
    expect(() => parseTransitUri(uri)).toThrow(/^a password .*: https:\/\/h\/v1/);
  });

  test("its identity is the URI", () => {
    const uri = "https://vault.me.com/v1/super42/bestmarket/keys/slig";
    expect(identityOf(parseTransitUri(uri))).toBe(uri);
    expect(identityOf({ type: "hc_vault", fields: {} })).toBe("/v1//keys/");
  });
});

describe("the key that a file names", () => {
  test("what sops writes is taken", () => {
    expect(transitKeyOf(key("https://h:1", "/team/a/", "k"))).toEqual({
      address: "https://h:1",
      engine: "team/a",
      name: "k",
    });
  });

  test.each([
    ["a key name that climbs to sys/seal", key("https://h", "transit", "../../sys/seal")],
    ["a key name with a slash", key("https://h", "transit", "a/b")],
    ["a key name of dots", key("https://h", "transit", "..")],
    ["no key name", key("https://h", "transit", "")],
    ["a mount that climbs", key("https://h", "a/../../sys", "k")],
    ["no mount", key("https://h", "", "k")],
    ["a socket of this machine", key("unix:///var/run/docker.sock", "transit", "k")],
    ["another scheme", key("tcp://h", "transit", "k")],
    ["no host", key("https://", "transit", "k")],
    ["a query in the address", key("https://h?x=", "transit", "k")],
    ["a backslash in the address", key("https://good\\@evil", "transit", "k")],
    ["a line feed in the address", key("https://h\nX: y", "transit", "k")],
    ["an address that a shell would run", key("https://$(id).org", "transit", "k")],
    ["a path that a shell would run", key("https://h/`id`", "transit", "k")],
    ["a port that is none", key("https://h:99999", "transit", "k")],
  ])("refused: %s", (_, ref) => {
    const code = "KEY_UNUSABLE" satisfies SopsError["code"];
    expect(() => transitKeyOf(ref)).toThrow(expect.objectContaining({ code }));
  });

  test("an address with a user name, a path, an IPv6 host", () => {
    for (const address of ["https://me:pw;$@h:1", "https://h/prefix/a-b", "http://[::1]:8200", "https://h/"])
      expect(transitKeyOf(key(address, "transit", "k")).address).toBe(address);
  });

  test("what a terminal would obey is shown as an escape", () => {
    expect(() => transitKeyOf(key("https://h\u001b[2J", "transit", "k"))).toThrow("https://h\\x1b[2J");
  });

  test("an address is shown without its password", () => {
    expect(shownAddress("https://me:hunter2@h:1/v1/x@y")).toBe("https://h:1/v1/x@y");
    expect(shownAddress("https://a@b@h")).toBe("https://h");
  });
});
