import { describe, expect, test } from "vitest";
import { allowListOf, allows, checkAddress, mayRedirect } from "../../../src/providers/vault/address.ts";
import type { SopsError } from "../../../src/core/base/errors.ts";
import { type Host, silentHost } from "../../../src/core/ports/host.ts";
import { fakeHost } from "../../support/fake-host.ts";

const LIST = "SOPS_HC_VAULT_ALLOWLIST";
const listOf = (text: string): ReturnType<typeof allowListOf> =>
  allowListOf(fakeHost({ env: { [LIST]: text } }));
interface Trust {
  readonly trusted?: readonly string[];
  /** What the user answers; undefined: there is no terminal. */
  readonly answer?: boolean;
  readonly typed?: readonly string[];
}

const questions: string[] = [];

function hostOf(env: Record<string, string>, { trusted = [], answer, typed = [] }: Trust): Host {
  return {
    ...fakeHost({ env }),
    typedKeys: typed,
    trustedServers: () => Promise.resolve(trusted),
    askToTrust(_, question) {
      questions.push(question);
      return Promise.resolve(answer ?? null);
    },
  };
}

/** The message and the hint; empty where the server gets the token. */
async function refused(address: string, env: Record<string, string>, trust: Trust = {}): Promise<string> {
  questions.splice(0);
  try {
    await checkAddress({ address, what: "the key" }, hostOf(env, trust));
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "ADDRESS_NOT_ALLOWED" });
    return `${(error as SopsError).message} (${(error as SopsError).hint ?? ""})`;
  }
}

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

  test("what sops refuses", async () => {
    expect(await refused(OTHER, { [LIST]: "none" })).toContain(`does not allow the Vault server ${OTHER}`);
    expect(await refused(OTHER, { [LIST]: OWN })).toContain(OTHER);
  });

  test.each([OWN, `${OWN}/`, "HTTPS://VAULT.example.com:8200", "https://me@vault.example.com:8200"])(
    "VAULT_ADDR %s is the same server",
    async (own) => {
      expect(await refused(OWN, { VAULT_ADDR: own })).toBe("");
      expect(await refused(OWN, { VAULT_ADDR: own, [LIST]: "none" })).not.toBe("");
      expect(questions).toEqual([]);
    },
  );

  test.each([
    ["https://v", "https://v:443"],
    ["http://v:80/", "http://v"],
  ])("VAULT_ADDR %s names %s: the usual port", async (own, address) => {
    expect(await refused(address, { VAULT_ADDR: own })).toBe("");
  });

  test("another server than that of VAULT_ADDR needs a list of the user's own, and no question is asked", async () => {
    const message = await refused(
      OTHER,
      { VAULT_ADDR: OWN },
      { answer: true, trusted: [OTHER], typed: [OTHER] },
    );
    expect(message).toContain(OWN);
    expect(message).toContain(OTHER);
    expect(questions).toEqual([]);
    expect(await refused(OTHER, { VAULT_ADDR: OWN, [LIST]: "" })).not.toBe("");
    expect(await refused(OTHER, { VAULT_ADDR: OWN, [LIST]: OWN })).not.toBe("");
    expect(await refused(OTHER, { VAULT_ADDR: OWN, [LIST]: OTHER })).toBe("");
    expect(await refused(OTHER, { VAULT_ADDR: OWN, [LIST]: "all" })).toBe("");
  });

  test.each([
    "http://vault.example.com:8200",
    "https://vault.example.com",
    "https://vault.example.com:8201",
    "https://vault.example.com:8200.evil.org",
    "https://vault.example.com:8200@evil.org",
    "https://vault.example.com.:8200",
  ])("%s is another server", async (address) => {
    expect(await refused(address, { VAULT_ADDR: OWN })).not.toBe("");
  });

  test("a list does not allow what a path with dots leads to", async () => {
    const env = { [LIST]: "https://v/team/" };
    expect(await refused("https://v/team/a", env)).toBe("");
    expect(await refused("https://v/team/../other", env)).not.toBe("");
  });

  test("an address is not shown with its password", async () => {
    const message = await refused(OTHER, { VAULT_ADDR: "https://me:hunter2@vault.example.com" });
    expect(message).not.toContain("hunter2");
  });

  test("an agent takes the place of every address", async () => {
    expect(await refused(OTHER, { VAULT_ADDR: OWN, VAULT_AGENT_ADDR: "http://127.0.0.1:8100" })).toBe("");
    expect(await refused(OTHER, { VAULT_AGENT_ADDR: "http://127.0.0.1:8100", [LIST]: "none" })).not.toBe("");
  });
});

describe("a server that nobody has named", () => {
  const THERE = "https://vault.example.com:8200";

  test.each([{}, { VAULT_ADDR: "" }, { [LIST]: "" }])("%j: only where the user says yes", async (env) => {
    expect(await refused(THERE, env, { answer: true })).toBe("");
    expect(questions).toEqual([expect.stringContaining(THERE)]);
    expect(await refused(THERE, env, { answer: false })).toContain("you said no");
    expect(await refused(THERE, env)).toMatch(/no terminal to ask on \(.*export VAULT_ADDR=https:\/\/vault/);
  });

  test("is asked about once: the answer is known by the next", async () => {
    expect(await refused(`${THERE}/`, {}, { trusted: ["https://VAULT.example.com:8200"] })).toBe("");
    expect(questions).toEqual([]);
    expect(await refused("https://vault.example.com", {}, { trusted: [THERE] })).not.toBe("");
  });

  test("on a host that cannot ask", async () => {
    const rest = { ...hostOf({}, {}), askToTrust: undefined };
    await expect(checkAddress({ address: THERE, what: "the key" }, rest)).rejects.toThrow(
      "no terminal to ask on",
    );
    const quiet = silentHost(hostOf({}, { answer: true }));
    await expect(checkAddress({ address: THERE, what: "the key" }, quiet)).rejects.toThrow(
      "no terminal to ask on",
    );
  });

  test.each([
    ["in plain http", {}],
    ["in plain http, with a list of all", { [LIST]: "all" }],
  ])("%s: not even then", async (_, env) => {
    const http = "http://vault.example.com:8200";
    const trust = { answer: true, trusted: [http] };
    expect(await refused(http, env, trust)).toMatch(/plain http.*export VAULT_ADDR=http:\/\/vault/);
    expect(questions).toEqual([]);
    expect(await refused(http, { VAULT_ADDR: http })).toBe("");
    expect(await refused(http, { [LIST]: http })).toBe("");
  });

  test("but in a key on the command line", async () => {
    const typed = [`${THERE}/v1/transit/keys/k`];
    expect(await refused(THERE, {}, { typed })).toBe("");
    expect(await refused("https://vault.example.com:82", {}, { typed })).not.toBe("");
    expect(await refused("http://a", {}, { typed: ["http://a/v1/transit/keys/k"] })).toBe("");
    expect(questions).toEqual([]);
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
    expect(goes("https://a/v1/x", "https://b/v1/x", { [LIST]: "all" })).toBe(true);
    expect(goes("http://a/v1/x", "http://b/v1/x", { [LIST]: "all" })).toBe(false);
  });
});
