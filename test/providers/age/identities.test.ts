import { describe, expect, test } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { nodePrimitives } from "../../../src/node/primitives.ts";
import { armor } from "../../../src/providers/age/armor.ts";
import { encodeBech32 } from "../../../src/providers/age/bech32.ts";
import { findIdentities, type Found } from "../../../src/providers/age/identities.ts";
import { defaultKeyFile } from "../../../src/providers/age/key-file.ts";
import { formatX25519Identity } from "../../../src/providers/age/x25519.ts";
import { fakeHost, type FakeHost, type FakeWorld, result } from "../../support/fake-host.ts";

const identity = (seed: number): string => formatX25519Identity(new Uint8Array(32).fill(seed));
const A = identity(1);
const B = identity(2);
const PLUGIN = encodeBech32("age-plugin-example-", new Uint8Array(3)).toUpperCase();
const HYBRID = encodeBech32("age-secret-key-pq-", new Uint8Array(32).fill(3)).toUpperCase();
const SEALED_TO_A_KEY = armor(utf8(`age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- ${"A".repeat(43)}\n`));
const KEYS = "/home/me/.config/sops/age/keys.txt";

function hostOf(world: FakeWorld): FakeHost {
  return fakeHost({ home: "/home/me", primitives: nodePrimitives, ...world });
}

async function search(host: FakeHost, recipient = "age1me", ssh = false): Promise<Found[]> {
  const found: Found[] = [];
  for await (const one of findIdentities(host, { recipient, ssh })) found.push(one);
  return found;
}

/** The first byte of each scalar: which of the identities above were found. */
async function seeds(host: FakeHost): Promise<number[]> {
  const found = await search(host);
  return found.flatMap((f) => f.identities.map((i) => (i.kind === "x25519" ? (i.scalar[0] ?? 0) : 0)));
}

async function noteOf(host: FakeHost, place: string): Promise<string | undefined> {
  return (await search(host)).find((f) => f.place === place)?.note;
}

describe("identity sources (format.md 12)", () => {
  test("none: every place is named, with what was there", async () => {
    expect((await search(hostOf({}))).map((f) => `${f.place}: ${f.note}`)).toEqual([
      "SOPS_AGE_KEY: not set",
      "SOPS_AGE_KEY_FILE: not set",
      `${KEYS}: no such file`,
      "SOPS_AGE_KEY_CMD: not set",
    ]);
  });

  test.each<[string, FakeWorld, number[]]>([
    ["SOPS_AGE_KEY", { env: { SOPS_AGE_KEY: A } }, [1]],
    ["SOPS_AGE_KEY, two lines and a comment", { env: { SOPS_AGE_KEY: `# mine\n${A}\r\n\n${B}\n` } }, [1, 2]],
    ["SOPS_AGE_KEY, two on a line", { env: { SOPS_AGE_KEY: ` ${A} \t ${B}` } }, [1, 2]],
    ["SOPS_AGE_KEY_FILE", { env: { SOPS_AGE_KEY_FILE: "/k" }, files: { "/k": `# c\n${B}\n` } }, [2]],
    ["a file with a BOM", { env: { SOPS_AGE_KEY_FILE: "/k" }, files: { "/k": `\uFEFF${B}\n` } }, [2]],
    ["the default file", { files: { [KEYS]: A } }, [1]],
    ["SOPS_AGE_KEY_CMD", { env: { SOPS_AGE_KEY_CMD: "pass show" }, run: () => result(0, `${A}\n`) }, [1]],
    [
      "all together",
      {
        env: { SOPS_AGE_KEY: A, SOPS_AGE_KEY_FILE: "/k", SOPS_AGE_KEY_CMD: "c" },
        files: { "/k": B, [KEYS]: identity(3) },
        run: () => result(0, identity(4)),
      },
      [1, 2, 3, 4],
    ],
  ])("%s", async (_name, world, expected) => {
    expect(await seeds(hostOf(world))).toEqual(expected);
  });

  test.each<[string, FakeWorld, string, string]>([
    ["an empty variable", { env: { SOPS_AGE_KEY: "" } }, "SOPS_AGE_KEY", "set, but empty"],
    ["only comments", { env: { SOPS_AGE_KEY: "# x\n\n" } }, "SOPS_AGE_KEY", "no identity in it"],
    ["a missing file", { env: { SOPS_AGE_KEY_FILE: "/none" } }, "SOPS_AGE_KEY_FILE", "no file at /none"],
    [
      "an unreadable file",
      { files: { [KEYS]: new SopsError("CANNOT_READ", "cannot read it (EACCES)") } },
      KEYS,
      "cannot read it (EACCES)",
    ],
    ["an error that is not ours", { files: { [KEYS]: new Error("canary") } }, KEYS, "cannot be read"],
    ["UTF-16", { files: { [KEYS]: new Uint8Array([0xff, 0xfe, 0x41, 0]) } }, KEYS, "not UTF-8 text"],
    [
      "a failing command",
      { env: { SOPS_AGE_KEY_CMD: "x" } },
      "SOPS_AGE_KEY_CMD",
      "the command failed with status 127",
    ],
    [
      "an open quote",
      { env: { SOPS_AGE_KEY_CMD: "x 'y" } },
      "SOPS_AGE_KEY_CMD",
      "not a command: a quote is left open",
    ],
    [
      "a silent command",
      { env: { SOPS_AGE_KEY_CMD: "x" }, run: () => result(0, "") },
      "SOPS_AGE_KEY_CMD",
      "no identity in it",
    ],
    [
      "a damaged file of a passphrase",
      { files: { [KEYS]: "-----BEGIN AGE ENCRYPTED FILE-----\nx" } },
      KEYS,
      `the identity file ${KEYS} is damaged`,
    ],
    [
      "an identity file that is sealed to a key",
      { files: { [KEYS]: SEALED_TO_A_KEY } },
      KEYS,
      `the identity file ${KEYS} is sealed to a key, not protected by a passphrase`,
    ],
    [
      "an identity of each kind",
      { env: { SOPS_AGE_KEY: `${PLUGIN} ${PLUGIN}\n${HYBRID}\n${A}` } },
      "SOPS_AGE_KEY",
      "4 identities",
    ],
    [
      "identities with a character missing",
      { env: { SOPS_AGE_KEY: `${PLUGIN.slice(1)}\n${HYBRID.slice(0, -1)}\n${A}` } },
      "SOPS_AGE_KEY",
      "1 identity, not an identity in line 1, 2",
    ],
  ])("%s is noted", async (_name, world, place, note) => {
    expect(await noteOf(hostOf(world), place)).toBe(note);
  });

  test("a bad line is skipped with a warning that does not show it", async () => {
    const host = hostOf({ env: { SOPS_AGE_KEY: `${A}\ncanary-secret\n${B}x\n${B}` } });
    expect(await seeds(host)).toEqual([1, 2]);
    expect(host.warnings).toEqual([
      "SOPS_AGE_KEY: line 2 is not an age identity and was skipped",
      "SOPS_AGE_KEY: line 3 is not an age identity and was skipped",
    ]);
    expect(await noteOf(host, "SOPS_AGE_KEY")).toBe("2 identities, not an identity in line 2, 3");
  });

  test("the command is split without a shell and told the recipient", async () => {
    let recipient: string | undefined;
    const host = hostOf({
      env: { SOPS_AGE_KEY_CMD: `get "my key" --for '$HOME'` },
      run: (_argv, options) => {
        recipient = options.env?.["SOPS_AGE_RECIPIENT"];
        return result(0, A);
      },
    });
    await search(host, "age1abc");
    expect(host.runs).toEqual([["get", "my key", "--for", "$HOME"]]);
    expect(recipient).toBe("age1abc");
  });

  test("files are read once per host, the command once per recipient", async () => {
    const host = hostOf({ env: { SOPS_AGE_KEY_CMD: "c" }, files: { [KEYS]: A }, run: () => result(0, B) });
    await search(host, "age1x");
    await search(host, "age1x");
    await search(host, "age1y");
    expect(host.reads).toEqual([KEYS]);
    expect(host.runs).toHaveLength(2);
  });

  test("an aborted search is not remembered as an empty place", async () => {
    const controller = new AbortController();
    const wanted = { recipient: "age1x", ssh: false };
    const host = hostOf({
      env: { SOPS_AGE_KEY_CMD: "c" },
      run: () => {
        if (!controller.signal.aborted) {
          controller.abort();
          throw new Error("killed");
        }
        return result(0, B);
      },
    });
    const aborted = (async () => {
      const places: string[] = [];
      for await (const found of findIdentities(host, wanted, controller.signal)) places.push(found.place);
      return places;
    })();
    await expect(aborted).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(await seeds(host)).toEqual([2]);
    expect((await search(host, "age1x")).at(-1)?.note).toBe("1 identity");
  });
});

describe("places of SSH keys", () => {
  const world: FakeWorld = {
    env: {
      SOPS_AGE_SSH_PRIVATE_KEY_FILE: "/k",
      SOPS_AGE_SSH_PRIVATE_KEY_CMD: "get key",
      SOPS_AGE_KEY_CMD: "get age",
    },
    run: (_argv, { env }) => result(0, `not a key for ${env?.["SOPS_AGE_RECIPIENT"] ?? ""}`),
  };

  test("are read for an SSH recipient, and the command is told it", async () => {
    const host = hostOf(world);
    const found = await search(host, "ssh-ed25519 AAAA me", true);
    expect(found.map(({ place, note }) => `${place}: ${note}`)).toEqual([
      "SOPS_AGE_KEY: not set",
      "SOPS_AGE_KEY_FILE: not set",
      `${KEYS}: no such file`,
      "SOPS_AGE_SSH_PRIVATE_KEY_FILE: no file at /k",
      "/home/me/.ssh/id_ed25519: no such file",
      "/home/me/.ssh/id_rsa: no such file",
      "SOPS_AGE_SSH_PRIVATE_KEY_CMD: not an SSH private key",
      "SOPS_AGE_KEY_CMD: not an identity in line 1",
    ]);
    expect(host.runs).toEqual([
      ["get", "key"],
      ["get", "age"],
    ]);
  });

  test("are left alone for any other, and named where the user set them", async () => {
    const host = hostOf(world);
    const found = await search(host, "age1me");
    expect(found.filter(({ note }) => note === "for SSH recipients only").map(({ place }) => place)).toEqual([
      "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
      "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
    ]);
    expect(host.reads).toEqual([KEYS]);
    expect(host.runs).toEqual([["get", "age"]]);
  });
});

describe("default key file", () => {
  const at = (world: FakeWorld): unknown => defaultKeyFile(fakeHost(world));

  test.each<[string, FakeWorld, string]>([
    ["linux", { home: "/home/me" }, KEYS],
    ["linux, XDG", { home: "/home/me", env: { XDG_CONFIG_HOME: "/x/" } }, "/x/sops/age/keys.txt"],
    ["linux, empty XDG", { home: "/home/me", env: { XDG_CONFIG_HOME: "" } }, KEYS],
    [
      "macOS",
      { platform: "darwin", home: "/Users/me" },
      "/Users/me/Library/Application Support/sops/age/keys.txt",
    ],
    [
      "macOS, XDG",
      { platform: "darwin", home: "/Users/me", env: { XDG_CONFIG_HOME: "/x" } },
      "/x/sops/age/keys.txt",
    ],
    [
      "Windows, where XDG does not count",
      { platform: "win32", env: { AppData: "C:\\Users\\me\\AppData\\Roaming", XDG_CONFIG_HOME: "/x" } },
      "C:\\Users\\me\\AppData\\Roaming\\sops\\age\\keys.txt",
    ],
  ])("%s", (_name, world, expected) => {
    expect(at(world)).toBe(expected);
  });

  test.each<[string, FakeWorld, string]>([
    ["no home", {}, "there is no home directory"],
    [
      "a relative XDG",
      { home: "/h", env: { XDG_CONFIG_HOME: "x" } },
      "XDG_CONFIG_HOME is not an absolute path",
    ],
    ["no AppData", { platform: "win32", home: "C:\\me" }, "%AppData% is not set"],
  ])("%s", (_name, world, note) => {
    expect(at(world)).toEqual({ note });
  });
});
