import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { SopsError, type ErrorCode } from "../../src/core/base/errors.ts";
import type { RunOptions, RunResult } from "../../src/core/ports/host.ts";
import type { WrappedKey } from "../../src/core/keys/key.ts";
import { nodeHost } from "../../src/node/host.ts";
import { portableHost } from "../../src/ops/portable-host.ts";
import { provider as pgpProvider } from "../../src/providers/pgp/index.ts";
import { fakeHost, type FakeHost } from "../support/fake-host.ts";

const FP = "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4";
const OTHER = "D7229043384BCC60326C6FB9D8720D957C3D3074";
const DATA_KEY = new Uint8Array(32).map((_, i) => i + 64);

const keyFor = (fp: string, enc = "armor"): WrappedKey => ({ type: "pgp", fields: { fp }, enc });
const refs = (entry: unknown): unknown[] => pgpProvider.fromConfig(entry).map((ref) => ref.fields["fp"]);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Answer {
  readonly code?: number;
  readonly out?: string | Uint8Array;
  readonly err?: string;
}

/** A gpg that answers each call in turn. */
function gpgThat(...answers: readonly Answer[]): FakeHost & { readonly calls: RunOptions[] } {
  const calls: RunOptions[] = [];
  const host = fakeHost({
    home: "/home/me",
    run: (_argv, options): RunResult => {
      const { code = 0, out = "", err = "" } = answers[calls.length] ?? { code: 99 };
      calls.push(options);
      return { code, stdout: typeof out === "string" ? bytes(out) : out, stderr: bytes(err) };
    },
  });
  return Object.assign(host, { calls });
}

const status = (...lines: readonly string[]): string => lines.map((line) => `[GNUPG:] ${line}\n`).join("");

async function errorOf(promise: Promise<unknown>): Promise<SopsError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SopsError) return error;
  throw new Error("this must be refused with a SopsError");
}

describe("fingerprints from a config", () => {
  test.each<[string, unknown, string[]]>([
    ["one", FP, [FP]],
    ["as gpg prints it, with spaces", "FBC7 B9E2 A4F9 289A C0C1  D484 3D16 CEE4 A273 81B4", [FP]],
    ["a comma list", ` ${FP} ,${OTHER},`, [FP, OTHER]],
    ["a list", [FP, `${OTHER}, ${FP}`], [FP, OTHER, FP]],
    ["a forced subkey", `${FP}!`, [`${FP}!`]],
    ["a long key id", FP.slice(-16), [FP.slice(-16)]],
    ["lower case and 0x, as they are", `0x${FP.toLowerCase()}`, [`0x${FP.toLowerCase()}`]],
    ["version 5", `${FP}${FP.slice(0, 24)}`, [`${FP}${FP.slice(0, 24)}`]],
    ["nothing", " , ", []],
  ])("%s", (_name, entry, expected) => {
    expect(refs(entry)).toEqual(expected);
  });

  test.each<[string, unknown, ErrorCode]>([
    ["an 8-digit id", FP.slice(-8), "BAD_RECIPIENT"],
    ["a mail address", "me@example.org", "BAD_RECIPIENT"],
    ["one cut short", FP.slice(1), "BAD_RECIPIENT"],
    ["an option of gpg", "--output=/etc/passwd", "BAD_RECIPIENT"],
    ["two marks", `${FP}!!`, "BAD_RECIPIENT"],
    ["a number", 7, "BAD_CONFIG"],
    ["null in a list", [null], "BAD_CONFIG"],
  ])("refuses %s", (_name, entry, code) => {
    expect(() => refs(entry)).toThrow(expect.objectContaining({ code, hint: expect.any(String) as string }));
  });

  test("a secret key pasted by mistake is not printed", () => {
    const block = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQWGBF1oSU\n-----END PGP PRIVATE KEY BLOCK-----";
    for (const text of [block, block.slice(0, 60)])
      expect(() => refs(text)).toThrow(
        expect.objectContaining({ message: "not the fingerprint of a PGP key" }),
      );
  });

  test("name the key and its metadata", () => {
    expect(pgpProvider.identity(keyFor(FP))).toBe(FP);
    expect(pgpProvider.fields).toEqual(["created_at", "enc", "fp"]);
    expect(pgpProvider.effort(keyFor(FP), fakeHost())).toBe("asks");
  });
});

describe("the call of gpg", () => {
  const armor = "-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----";

  test("is that of sops, with status lines; what it prints is trimmed", async () => {
    const host = gpgThat({ out: ` \r\n${armor}\n \n` });
    expect(await pgpProvider.wrap(keyFor(`${FP}!`), DATA_KEY, host)).toBe(armor);
    expect(host.runs).toEqual([
      [
        "gpg",
        "--status-fd",
        "2",
        "--no-default-recipient",
        "--yes",
        "--no-textmode",
        "--encrypt",
        "-a",
      ].concat(["-r", `${FP}!`, "--trusted-key", "3D16CEE4A27381B4!", "--no-encrypt-to"]),
    ]);
    expect(host.calls).toEqual([{ input: DATA_KEY, signal: undefined, stderr: "collect" }]);
  });

  test("to decrypt is gpg -d with the message as it stands", async () => {
    const host = gpgThat({ out: DATA_KEY, err: status("PLAINTEXT 62 0 ", "DECRYPTION_OKAY") });
    expect(await pgpProvider.unwrap(keyFor(FP, `${armor}\n`), host)).toEqual(DATA_KEY);
    expect(host.runs).toEqual([["gpg", "--status-fd", "2", "-d"]]);
    expect(host.calls[0]?.input).toEqual(bytes(`${armor}\n`));
  });

  test.each([
    ["/opt/my gpg/bin/gpg2", "/opt/my gpg/bin/gpg2"],
    ["", "gpg"],
  ])("SOPS_GPG_EXEC=%j runs %j", async (named, program) => {
    const host = fakeHost({ env: { SOPS_GPG_EXEC: named } });
    await errorOf(pgpProvider.unwrap(keyFor(FP), host));
    expect(host.runs[0]?.[0]).toBe(program);
  });

  test("refuses to encrypt for what is no fingerprint before gpg runs", async () => {
    const host = gpgThat();
    for (const fp of ["--output", "", "me@example.org"])
      expect((await errorOf(pgpProvider.wrap(keyFor(fp), DATA_KEY, host))).code).toBe("BAD_RECIPIENT");
    expect(host.runs).toEqual([]);
  });

  test("a program that hands back what it is given seals nothing", async () => {
    for (const out of [DATA_KEY, new Uint8Array(), bytes("-----BEGIN PGP PUBLIC KEY BLOCK-----\n")]) {
      const error = await errorOf(pgpProvider.wrap(keyFor(FP), DATA_KEY, gpgThat({ out })));
      expect(error.code).toBe("WRAP_FAILED");
      expect(inspect(error)).not.toContain(new TextDecoder().decode(DATA_KEY));
    }
  });

  test("no gpg is an error that says how to get one", async () => {
    const without = nodeHost({ env: { PATH: "/nowhere" } });
    expect(await errorOf(pgpProvider.unwrap(keyFor(FP), without))).toMatchObject({
      code: "EXEC",
      message: "cannot run gpg, which PGP keys need",
      hint: "install GnuPG, or name its program in SOPS_GPG_EXEC",
    });
    const wrong = nodeHost({ env: { SOPS_GPG_EXEC: "/nowhere/gpg" } });
    expect(await errorOf(pgpProvider.wrap(keyFor(FP), DATA_KEY, wrong))).toMatchObject({
      code: "EXEC",
      message: "cannot run /nowhere/gpg, which PGP keys need",
      hint: "correct SOPS_GPG_EXEC, or leave it out to run gpg",
    });
  });

  test("a browser says so", async () => {
    expect((await errorOf(pgpProvider.unwrap(keyFor(FP), portableHost()))).code).toBe("UNSUPPORTED");
  });
});

describe("what the agent answers", () => {
  const fails = (...lines: readonly string[]): Answer => ({
    code: 2,
    err: `${status("ENC_TO 25294A17CD90507F 1 0", ...lines)}gpg: Entschlüsselung fehlgeschlagen: \u001b[1mKein\n`,
  });

  test.each<[number, ErrorCode, string]>([
    [83886091, "KEY_DENIED", "the passphrase was wrong"],
    [83886179, "KEY_DENIED", "the passphrase was not given"],
    [83886142, "KEY_DENIED", "the passphrase was not given"],
    [83918950, "KEY_DENIED", "its agent found no terminal to ask for the passphrase"],
    [67108949, "KEY_DENIED", "its agent found no terminal to ask for the passphrase"],
    [100663408, "KEY_UNUSABLE", "its smartcard cannot be used"],
    [67108942, "UNWRAP_FAILED", "its agent failed (Entschlüsselung fehlgeschlagen: \\x1b[1mKein)"],
  ])("%i is %s", async (number, code, cause) => {
    const host = gpgThat(fails(`ERROR pkdecrypt_failed ${String(number)}`, "NO_SECKEY 25294A17CD90507F"));
    const error = await errorOf(pgpProvider.unwrap(keyFor(FP), host));
    expect(error.code).toBe(code);
    expect(error.message).toBe(`gpg could not use the secret key ${FP}: ${cause}`);
    expect(error.hint).toMatch(/\w/);
  });

  test("no secret key is null, explained by where it was looked for", async () => {
    const host = gpgThat(fails("NO_SECKEY 25294A17CD90507F", "DECRYPTION_FAILED"), { code: 2 });
    expect(await pgpProvider.unwrap(keyFor(FP), host)).toBeNull();
    expect(await pgpProvider.explain?.(keyFor(`${FP}!`), host)).toBe(
      "gpg has no secret key for it in /home/me/.gnupg; import it with gpg --import FILE",
    );
    expect(host.runs[1]?.slice(3)).toEqual(["--batch", "--with-colons", "--list-secret-keys", "--", FP]);
  });

  test("any other failure repeats gpg's own last words, and nobody else's", async () => {
    const damaged = await errorOf(pgpProvider.unwrap(keyFor(FP), gpgThat(fails("DECRYPTION_FAILED"))));
    expect(damaged.code).toBe("UNWRAP_FAILED");
    expect(damaged.message).toBe(
      `gpg could not decrypt for the key ${FP} (Entschlüsselung fehlgeschlagen: \\x1b[1mKein)`,
    );
    const other = gpgThat({ code: 1, err: `unknown: ${new TextDecoder().decode(DATA_KEY)}\n` });
    expect((await errorOf(pgpProvider.wrap(keyFor(FP), DATA_KEY, other))).message).toBe(
      `gpg could not encrypt for the key ${FP}`,
    );
  });

  test("success without output is none", async () => {
    const host = gpgThat({ err: status("ENC_TO 25294A17CD90507F 1 0") });
    expect(await errorOf(pgpProvider.unwrap(keyFor(FP), host))).toMatchObject({
      code: "UNWRAP_FAILED",
      message: `gpg decrypted nothing for the key ${FP}`,
    });
  });
});

describe("keys that gpg calls unusable", () => {
  const DAY = 1577923200;
  const pub = (validity: string, abilities: string, expires = ""): string =>
    `pub:${validity}:2048:1:3D16CEE4A27381B4:1577836800:${expires}::u:::${abilities}::::::23::0:\nfpr:::::::::${FP}:\n`;
  const sub = (validity: string, abilities: string, expires = ""): string =>
    `sub:${validity}:255:18:D8720D957C3D3074:1577836800:${expires}:::::${abilities}:::::cv25519::\nfpr:::::::::${OTHER}:\n`;

  test.each<[string, string, string, RegExp]>([
    ["expired", FP, pub("e", "sc", String(DAY)) + sub("e", "e"), /^it has expired on 2020-01-02T00:00:00Z$/],
    ["revoked", FP, pub("r", "sc") + sub("r", "e"), /^it has been revoked$/],
    ["disabled", FP, pub("-", "scD") + sub("-", "e"), /^it is disabled$/],
    [
      "with an expired subkey",
      FP,
      pub("u", "scSC") + sub("e", "e", String(DAY)),
      /^its encryption subkey has expired on 2020-01-02/,
    ],
    [
      "without a subkey to encrypt",
      FP,
      pub("u", "scSC") + sub("u", "s"),
      /^it has no subkey for encryption$/,
    ],
    [
      "a primary key by force",
      `${FP}!`,
      pub("u", "scSCE") + sub("u", "e"),
      /^this subkey is not for encryption$/,
    ],
    [
      "an expired subkey by force",
      `${OTHER}!`,
      pub("u", "scSC") + sub("e", "e"),
      /^this subkey has expired$/,
    ],
    ["a mystery", FP, pub("u", "scSCE") + sub("u", "e"), /^gpg calls it unusable$/],
  ])("%s", async (_name, fp, listing, cause) => {
    const host = gpgThat({ code: 2, err: status(`INV_RECP 0 ${fp}`) }, { out: listing });
    const error = await errorOf(pgpProvider.wrap(keyFor(fp), DATA_KEY, host));
    expect(error.code).toBe("KEY_UNUSABLE");
    expect(error.message.replace(`gpg cannot encrypt for the key ${fp}: `, "")).toMatch(cause);
    expect(error.hint).toMatch(/\w/);
  });
});
