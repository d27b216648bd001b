import { describe, expect, test } from "vitest";
import { allowListOf, allows, checkAddress, mayRedirect } from "../../../src/providers/vault/address.ts";
import { fakeHost } from "../../support/fake-host.ts";

const LIST = "SOPS_HC_VAULT_ALLOWLIST";
const listOf = (text: string): ReturnType<typeof allowListOf> =>
  allowListOf(fakeHost({ env: { [LIST]: text } }));
const refused = (address: string, env: Record<string, string>): string => {
  try {
    checkAddress(address, fakeHost({ env }));
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    return (error as Error).message;
  }
};

/** The cases of SOPS' own tests. */
describe("SOPS_HC_VAULT_ALLOWLIST, as sops reads it", () => {
  test.each([
    ["all", true, []],
    ["none", false, []],
    ["non", false, ["non/"]],
    ["foo,bar/,baz", false, ["foo/", "bar/", "baz/"]],
    [" foo/ ,  bar,   baz    ", false, ["foo/", "bar/", "baz/"]],
  ])("%j", (text, all, prefixes) => {
    expect(listOf(text)).toEqual({ given: true, all, prefixes });
  });

  test("not set, or set to nothing: every server, but none of them by name", () => {
    const open = { given: false, all: true, prefixes: [] };
    expect(allowListOf(fakeHost())).toEqual(open);
    expect(listOf("")).toEqual(open);
  });

  test.each([
    [",", 1],
    [",a", 1],
    ["a,", 2],
    ["a, ,b", 2],
  ])("%j has an empty entry", (text, entry) => {
    expect(() => listOf(text)).toThrow(`${LIST}'s entry ${String(entry)} is empty`);
  });

  test.each([
    ["all", ["", "foo", "http://example.com", "https://example.com/foo"], []],
    ["none", [], ["", "foo", "http://example.com", "https://example.com/foo"]],
    [
      "http://example.com",
      ["http://example.com", "http://example.com/", "http://example.com/foo"],
      [
        ...["http://example.co", "http://example.comm", "http://example.com:80", "http://example.com:123/"],
        ...["http://fiz@example.com/", "https://example.com", "https://example.com/", ""],
        ...["http://example.com@evil.org", "http://example.com.evil.org"],
      ],
    ],
    [
      "http://example.com, https://example.org/bar/,http://foo:80",
      [
        ...["http://example.com", "http://example.com/foo", "https://example.org/bar"],
        ...["https://example.org/bar/", "https://example.org/bar/baz", "http://foo:80", "http://foo:80/"],
      ],
      [
        ...["http://example.org/foo", "https://example.org", "https://example.org/barr", "http://foo"],
        ...["http://foo:8080", "http://example.org:123/", ""],
      ],
    ],
  ])("%s", (text, yes, no) => {
    const list = listOf(text);
    expect(yes.filter((address) => !allows(list, address))).toEqual([]);
    expect(no.filter((address) => allows(list, address))).toEqual([]);
  });
});

describe("which server gets the token", () => {
  const OWN = "https://vault.example.com:8200";
  const OTHER = "https://evil.example.org";

  test("without VAULT_ADDR, what sops allows", () => {
    expect(refused(OTHER, {})).toBe("");
    expect(refused(OTHER, { VAULT_ADDR: "" })).toBe("");
    expect(refused(OTHER, { [LIST]: "none" })).toContain(`does not allow the Vault server ${OTHER}`);
    expect(refused(OTHER, { [LIST]: OWN })).toContain(OTHER);
  });

  test.each([OWN, `${OWN}/`, "HTTPS://VAULT.example.com:8200"])("VAULT_ADDR %s is the same server", (own) => {
    expect(refused(OWN, { VAULT_ADDR: own })).toBe("");
    expect(refused(OWN, { VAULT_ADDR: own, [LIST]: "none" })).not.toBe("");
  });

  test("another server than that of VAULT_ADDR needs a list of the user's own", () => {
    const message = refused(OTHER, { VAULT_ADDR: OWN });
    expect(message).toContain(OWN);
    expect(message).toContain(OTHER);
    expect(refused(OTHER, { VAULT_ADDR: OWN, [LIST]: "" })).not.toBe("");
    expect(refused(OTHER, { VAULT_ADDR: OWN, [LIST]: OWN })).not.toBe("");
    expect(refused(OTHER, { VAULT_ADDR: OWN, [LIST]: OTHER })).toBe("");
    expect(refused(OTHER, { VAULT_ADDR: OWN, [LIST]: "all" })).toBe("");
  });

  test.each(["http://vault.example.com:8200", "https://vault.example.com", "https://vault.example.com:8201"])(
    "%s is another server",
    (address) => {
      expect(refused(address, { VAULT_ADDR: OWN })).not.toBe("");
    },
  );

  test("an address is not shown with its password", () => {
    const message = refused(OTHER, { VAULT_ADDR: "https://me:hunter2@vault.example.com" });
    expect(message).not.toContain("hunter2");
  });

  test("an agent takes the place of every address", () => {
    expect(refused(OTHER, { VAULT_ADDR: OWN, VAULT_AGENT_ADDR: "http://127.0.0.1:8100" })).toBe("");
    expect(refused(OTHER, { VAULT_AGENT_ADDR: "http://127.0.0.1:8100", [LIST]: "none" })).not.toBe("");
  });
});

describe("where a redirect may lead", () => {
  const goes = (from: string, to: string, env: Record<string, string> = {}): boolean =>
    mayRedirect(new URL(from), new URL(to), fakeHost({ env }));

  test("to the same server only", () => {
    expect(goes("https://a/v1/x", "https://a/v1/y")).toBe(true);
    expect(goes("https://a/v1/x", "https://b/v1/x")).toBe(false);
    expect(goes("https://a/v1/x", "https://a:8200/v1/x")).toBe(false);
    expect(goes("https://a/v1/x", "http://a/v1/x")).toBe(false);
    expect(goes("http://a/v1/x", "https://a/v1/x")).toBe(false);
  });

  test("to a server that the user has named, but never from https to http", () => {
    expect(goes("https://a/v1/x", "https://b/v1/x", { [LIST]: "https://a,https://b" })).toBe(true);
    expect(goes("https://a/v1/x", "https://b/v1/x", { VAULT_ADDR: "https://b" })).toBe(true);
    expect(goes("http://a/v1/x", "https://a/v1/x", { [LIST]: "http://a,https://a" })).toBe(true);
    expect(goes("https://a/v1/x", "http://b/v1/x", { [LIST]: "all" })).toBe(false);
  });
});
