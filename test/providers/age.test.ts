import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { WrappedKey } from "../../src/core/keys/key.ts";
import { KEY_TYPE_NAMES, KEY_TYPES } from "../../src/key-types/index.ts";
import { nodePrimitives } from "../../src/node/primitives.ts";
import { provider as ageProvider } from "../../src/providers/age/index.ts";
import { formatX25519Recipient } from "../../src/providers/age/x25519.ts";
import { nodeProviders } from "../../src/providers/index.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { fakeHost } from "../support/fake-host.ts";
import { realSops, runSops } from "../support/real-sops.ts";

const OTHER = formatX25519Recipient(nodePrimitives.x25519Public(new Uint8Array(32).fill(5)));
const SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN me@host";
const PLUGIN = "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t";
const DATA_KEY = new Uint8Array(32).map((_, i) => i);

const mine = fakeHost({ env: { SOPS_AGE_KEY: IDENTITY } });
const nobody = fakeHost({ home: "/home/me" });
const keyFor = (recipient: string, enc = ""): WrappedKey => ({ type: "age", fields: { recipient }, enc });
const refs = (entry: unknown): unknown[] =>
  ageProvider.fromConfig(entry).map((ref) => ref.fields["recipient"]);

describe("recipients from a config", () => {
  test.each<[string, unknown, string[]]>([
    ["one", RECIPIENT, [RECIPIENT]],
    ["an SSH key, its comment kept", SSH, [SSH]],
    ["a mixed list in order", `${SSH},${RECIPIENT},${PLUGIN}`, [SSH, RECIPIENT, PLUGIN]],
    ["spaces around", `  ${RECIPIENT} ,\n${OTHER}  `, [RECIPIENT, OTHER]],
    ["nothing", "", []],
    ["only commas", " , ,", []],
    ["a list", [RECIPIENT, `${OTHER}, ${SSH}`], [RECIPIENT, OTHER, SSH]],
    ["an empty list", [], []],
    ["the same one twice", `${OTHER},${OTHER}`, [OTHER, OTHER]],
  ])("%s", (_name, entry, expected) => {
    expect(refs(entry)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ["an unknown type", "banana", "BAD_RECIPIENT"],
    ["a changed character", `${RECIPIENT.slice(0, -1)}x`, "BAD_RECIPIENT"],
    ["one cut short", RECIPIENT.slice(0, -4), "BAD_RECIPIENT"],
    ["upper case", RECIPIENT.toUpperCase(), "BAD_RECIPIENT"],
    ["an SSH key of another type", "ssh-dss AAAAB3NzaC1kc3M=", "BAD_RECIPIENT"],
    ["an SSH key that is none", "ssh-rsa AAAA", "BAD_RECIPIENT"],
    ["a broken plugin recipient", `${PLUGIN}q`, "BAD_RECIPIENT"],
    ["a number", 7, "BAD_CONFIG"],
    ["null in a list", [null], "BAD_CONFIG"],
  ])("refuses %s", (_name, entry, code) => {
    expect(() => refs(entry)).toThrow(expect.objectContaining({ code, hint: expect.any(String) as string }));
  });

  test("a secret key given by mistake is refused and not printed", () => {
    for (const text of [IDENTITY, IDENTITY.toLowerCase(), IDENTITY.slice(1)]) {
      expect(() => refs(text)).toThrow("this is a secret key, not a recipient");
      expect(() => refs(text)).toThrow(expect.objectContaining({ code: "BAD_RECIPIENT" }));
    }
  });

  test("name the key and its metadata", () => {
    expect(ageProvider.identity(keyFor(RECIPIENT))).toBe(RECIPIENT);
    expect(ageProvider.fields).toEqual(["enc", "recipient"]);
  });
});

describe.each([
  ["node:crypto", nodePrimitives],
  ["noble", undefined],
])("wrap and unwrap by %s", (_name, primitives) => {
  const me = fakeHost({ env: { SOPS_AGE_KEY: IDENTITY }, primitives });

  test.each([32, 33, 0, 65536])("%i bytes", async (length) => {
    const share = new Uint8Array(length).fill(length % 251);
    const enc = await ageProvider.wrap(keyFor(RECIPIENT), share, me);
    expect(enc).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[^]+\n-----END AGE ENCRYPTED FILE-----\n$/);
    expect(await ageProvider.unwrap(keyFor(RECIPIENT, enc), me)).toEqual(share);
  });

  test("each wrapping is new", async () => {
    const ref = keyFor(RECIPIENT);
    expect(await ageProvider.wrap(ref, DATA_KEY, me)).not.toBe(await ageProvider.wrap(ref, DATA_KEY, me));
  });
});

describe("wrap", () => {
  test.each([
    [`${SSH.slice(0, 20)}${"A".repeat(60)}`, "not an SSH recipient"],
    ["nonsense", "unknown recipient type"],
    [formatX25519Recipient(new Uint8Array(32)), "it is not a public key that anyone can have"],
  ])("refuses %s", async (recipient, why) => {
    await expect(ageProvider.wrap(keyFor(recipient), DATA_KEY, mine)).rejects.toThrow(
      expect.objectContaining({ code: "BAD_RECIPIENT", message: expect.stringContaining(why) as string }),
    );
  });
});

describe("unwrap", () => {
  test("answers null for another's key, and explains where it looked", async () => {
    const key = keyFor(OTHER, await ageProvider.wrap(keyFor(OTHER), DATA_KEY, mine));
    expect(await ageProvider.unwrap(key, mine)).toBeNull();
    expect(await ageProvider.unwrap(key, nobody)).toBeNull();
    expect(await ageProvider.explain?.(key, mine)).toMatch(
      /^no matching identity; looked in SOPS_AGE_KEY \(1 identity\), /,
    );
    expect(await ageProvider.explain?.(key, nobody)).toBe(
      "no matching identity; looked in SOPS_AGE_KEY (not set), SOPS_AGE_KEY_FILE (not set), " +
        "/home/me/.config/sops/age/keys.txt (no such file), SOPS_AGE_KEY_CMD (not set)",
    );
  });

  test("tries every identity, whatever recipient the metadata names", async () => {
    const enc = await ageProvider.wrap(keyFor(RECIPIENT), DATA_KEY, mine);
    expect(await ageProvider.unwrap(keyFor(OTHER, enc), mine)).toEqual(DATA_KEY);
    expect(await ageProvider.unwrap(keyFor(SSH, enc), mine)).toEqual(DATA_KEY);
  });

  test("asks the command only when nothing else fits", async () => {
    const host = fakeHost({ env: { SOPS_AGE_KEY: IDENTITY, SOPS_AGE_KEY_CMD: "never" } });
    const enc = await ageProvider.wrap(keyFor(RECIPIENT), DATA_KEY, host);
    expect(await ageProvider.unwrap(keyFor(RECIPIENT, enc), host)).toEqual(DATA_KEY);
    expect(host.runs).toEqual([]);
    expect(host.reads).toEqual([]);
  });

  test.each([
    "",
    "not armor",
    "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n",
  ])("refuses a malformed enc: %j", async (enc) => {
    await expect(ageProvider.unwrap(keyFor(RECIPIENT, enc), mine)).rejects.toThrow(
      expect.objectContaining({ code: "BAD_METADATA" }),
    );
  });

  test("explains every place of the table for an SSH key", async () => {
    expect(await ageProvider.explain?.(keyFor(SSH), nobody)).toBe(
      "no matching identity; looked in SOPS_AGE_KEY (not set), SOPS_AGE_KEY_FILE (not set), " +
        "/home/me/.config/sops/age/keys.txt (no such file), SOPS_AGE_SSH_PRIVATE_KEY_FILE (not set), " +
        "/home/me/.ssh/id_ed25519 (no such file), /home/me/.ssh/id_rsa (no such file), " +
        "SOPS_AGE_SSH_PRIVATE_KEY_CMD (not set), SOPS_AGE_KEY_CMD (not set)",
    );
  });
});

describe("effort", () => {
  test("only a plugin is known to ask before anything is read", () => {
    expect(ageProvider.effort(keyFor(RECIPIENT), mine)).toBe("silent");
    expect(ageProvider.effort(keyFor(SSH), mine)).toBe("silent");
    expect(ageProvider.effort(keyFor(PLUGIN), mine)).toBe("asks");
  });
});

describe("provider list", () => {
  test("has each provider under its own type, with the fields of its metadata", async () => {
    const providers = nodeProviders();
    await providers.load();
    for (const { type, metadata } of KEY_TYPES) {
      expect(providers.get(type)?.type).toBe(type);
      expect(providers.get(type)?.fields).toEqual(metadata.fields);
    }
  });

  test("brings only what is asked for", async () => {
    const providers = nodeProviders();
    await providers.load(["age", "pgp"]);
    expect(KEY_TYPE_NAMES.filter((type) => providers.get(type) !== undefined)).toEqual(["pgp", "age"]);
  });
});

describe.skipIf(realSops === null)("the real sops", () => {
  test("reads our wrapping, and we read its", async () => {
    const dir = await mkdtemp(join(tmpdir(), "enc-age-"));
    try {
      await writeFile(join(dir, "a.json"), `{"a": "hello"}`);
      const sealed = await runSops(["encrypt", "--age", RECIPIENT, "a.json"], { cwd: dir });
      expect(sealed.stderr).toBe("");
      const file = JSON.parse(Buffer.from(sealed.stdout).toString()) as { sops: { age: { enc: string }[] } };
      const dataKey = await ageProvider.unwrap(keyFor(RECIPIENT, file.sops.age[0]?.enc), mine);
      expect(dataKey).toHaveLength(32);

      const enc = await ageProvider.wrap(keyFor(RECIPIENT), dataKey ?? new Uint8Array(), mine);
      file.sops.age = [{ recipient: RECIPIENT, enc } as { enc: string }];
      await writeFile(join(dir, "b.json"), JSON.stringify(file));
      const opened = await runSops(["decrypt", "b.json"], { cwd: dir, env: { SOPS_AGE_KEY: IDENTITY } });
      expect(opened.stderr).toBe("");
      expect(JSON.parse(Buffer.from(opened.stdout).toString())).toEqual({ a: "hello" });
      expect(await readFile(join(dir, "a.json"), "utf8")).toBe(`{"a": "hello"}`);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
