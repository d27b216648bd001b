import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concat, utf8 } from "../../../src/core/base/bytes.ts";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as pgpProvider } from "../../../src/providers/pgp/index.ts";
import { addSubkey, fingerprints, makeGpgHome, makeKey, type GpgHome } from "../../support/gpg-home.ts";
import { describeWith } from "../../support/parts.ts";

const SHARE = new Uint8Array(33).map((_, i) => i * 7);
const ref = (fp: string): WrappedKey => ({ type: "pgp", fields: { fp }, enc: "" });
const hostOf = (home: GpgHome | string): ReturnType<typeof nodeHost> =>
  nodeHost({ env: { PATH: process.env["PATH"], GNUPGHOME: typeof home === "string" ? home : home.path } });

const homes: GpgHome[] = [];
function newHome(): GpgHome {
  const home = makeGpgHome();
  homes.push(home);
  return home;
}
afterAll(() => {
  for (const home of homes) home.stop();
});

describeWith(["gpg", "gpgconf"], "gpg", () => {
  let home: GpgHome;
  let ed = "";
  let rsa = "";
  let subkeys: readonly string[] = [];
  beforeAll(() => {
    home = newHome();
    [ed] = makeKey(home, "ed");
    [rsa] = makeKey(home, "rsa", { primary: "rsa2048", subkey: "rsa2048" });
    addSubkey(home, rsa, "cv25519");
    subkeys = fingerprints(home, rsa).slice(1);
  });

  const keyIdOf = (enc: string): string =>
    /keyid ([0-9A-F]+)/.exec(home.gpg(["--batch", "--list-packets"], utf8(enc)).toString())?.[1] ?? "";

  test("wraps and unwraps for ed25519/cv25519 and RSA keys", async () => {
    for (const fp of [ed, rsa, `0x${ed.toLowerCase()}`, rsa.slice(-16)]) {
      const enc = await pgpProvider.wrap(ref(fp), SHARE, hostOf(home));
      expect(enc).toMatch(/^-----BEGIN PGP MESSAGE-----\n[^]+\n-----END PGP MESSAGE-----$/);
      expect(await pgpProvider.unwrap({ ...ref(fp), enc }, hostOf(home))).toEqual(SHARE);
    }
  });

  test("a subkey is taken by force with ! only", async () => {
    const [first = "", newest = ""] = subkeys;
    const wrapped = async (fp: string): Promise<string> =>
      keyIdOf(await pgpProvider.wrap(ref(fp), SHARE, hostOf(home)));
    expect(await wrapped(`${first}!`)).toBe(first.slice(-16));
    expect(await wrapped(`${newest}!`)).toBe(newest.slice(-16));
    expect(subkeys.map((key) => key.slice(-16))).toContain(await wrapped(rsa));
    await expect(wrapped(`${rsa}!`)).rejects.toThrow(
      `gpg cannot encrypt for the key ${rsa}!: this subkey is not for encryption`,
    );
  });

  test("many at the same time, in a keyring that was never used", async () => {
    const fresh = newHome();
    fresh.gpg(["--batch", "--quiet", "--import"], home.gpg(["--batch", "--export-secret-keys", ed, rsa]));
    const fps = [ed, rsa, ed, rsa, ed, rsa];
    const encs = await Promise.all(fps.map((fp) => pgpProvider.wrap(ref(fp), SHARE, hostOf(fresh))));
    const opened = await Promise.all(
      encs.map((enc, i) => pgpProvider.unwrap({ ...ref(fps[i] ?? ""), enc }, hostOf(fresh))),
    );
    expect(opened).toEqual(fps.map(() => SHARE));
  });

  describe("keys that cannot be used are named with the cause", () => {
    test("unknown", async () => {
      const fp = "0123456789ABCDEF0123456789ABCDEF01234567";
      await expect(pgpProvider.wrap(ref(fp), SHARE, hostOf(home))).rejects.toThrow(
        expect.objectContaining({
          code: "KEY_NOT_FOUND",
          message: `gpg has no public key ${fp} in ${home.path}`,
        }),
      );
    });

    test("expired", async () => {
      const [fp] = makeKey(home, "old", { made: "20200101T000000", expires: "20200102T000000" });
      await expect(pgpProvider.wrap(ref(fp), SHARE, hostOf(home))).rejects.toThrow(
        expect.objectContaining({
          code: "KEY_UNUSABLE",
          message: `gpg cannot encrypt for the key ${fp}: it has expired on 2020-01-02T00:00:00Z`,
        }),
      );
      const then = ["--batch", "--faked-system-time", "20200101T120000", "--trust-model", "always"];
      const enc = home.gpg([...then, "--encrypt", "--armor", "--recipient", fp], SHARE).toString();
      expect(await pgpProvider.unwrap({ ...ref(fp), enc }, hostOf(home))).toEqual(SHARE);
    });

    test("without a subkey", async () => {
      const [fp] = makeKey(home, "sign", { subkey: null });
      await expect(pgpProvider.wrap(ref(fp), SHARE, hostOf(home))).rejects.toThrow(
        `gpg cannot encrypt for the key ${fp}: it has no subkey for encryption`,
      );
    });

    test("disabled", async () => {
      const [fp] = makeKey(home, "off");
      home.gpg(["--batch", "--command-fd", "0", "--edit-key", fp], utf8("disable\nsave\n"));
      await expect(pgpProvider.wrap(ref(fp), SHARE, hostOf(home))).rejects.toThrow(
        `gpg cannot encrypt for the key ${fp}: it is disabled`,
      );
    });
  });

  describe("without the secret key", () => {
    test("null, and where it was looked for", async () => {
      const other = newHome();
      other.gpg(["--batch", "--quiet", "--import"], home.gpg(["--batch", "--export", ed]));
      const key = { ...ref(ed), enc: await pgpProvider.wrap(ref(ed), SHARE, hostOf(other)) };
      expect(await pgpProvider.unwrap(key, hostOf(other))).toBeNull();
      expect(await pgpProvider.explain?.(key, hostOf(other))).toBe(
        `gpg has no secret key for it in ${other.path}; import it with gpg --import FILE`,
      );
      expect(await pgpProvider.unwrap(key, hostOf("/no/such/folder"))).toBeNull();
    });

    test("an agent that does not start is not a missing key", async () => {
      const key = { ...ref(ed), enc: await pgpProvider.wrap(ref(ed), SHARE, hostOf(home)) };
      const lame = newHome();
      lame.gpg(["--batch", "--quiet", "--import"], home.gpg(["--batch", "--export-secret-keys", ed]));
      lame.stopAgent();
      writeFileSync(join(lame.path, "gpg.conf"), "agent-program /bin/false\n");
      expect(await pgpProvider.unwrap(key, hostOf(lame))).toBeNull();
      expect(await pgpProvider.explain?.(key, hostOf(lame))).toMatch(
        /^gpg got no keys from its agent \(.+\); see what this says: gpgconf --launch gpg-agent$/,
      );
    });

    test("a subkey that was made elsewhere is named as what is missing", async () => {
      const [fp] = makeKey(home, "twice");
      const behind = newHome();
      behind.gpg(["--batch", "--quiet", "--import"], home.gpg(["--batch", "--export-secret-keys", fp]));
      addSubkey(home, fp, "rsa2048");
      const newest = fingerprints(home, fp).at(-1) ?? "";
      const key = { ...ref(fp), enc: await pgpProvider.wrap(ref(`${newest}!`), SHARE, hostOf(home)) };
      expect(await pgpProvider.unwrap(key, hostOf(behind))).toBeNull();
      expect(await pgpProvider.explain?.(key, hostOf(behind))).toContain("but not the subkey");
    });

    test("damage is an error", async () => {
      const enc = await pgpProvider.wrap(ref(ed), SHARE, hostOf(home));
      const lines = enc.split("\n");
      const at = lines.length - 3;
      const damaged = lines.toSpliced(
        at,
        1,
        (lines[at] ?? "").replace(/^./, (c) => (c === "A" ? "B" : "A")),
      );
      for (const broken of ["", "none", damaged.join("\n")])
        await expect(pgpProvider.unwrap({ ...ref(ed), enc: broken }, hostOf(home))).rejects.toThrow(
          expect.objectContaining({ code: "UNWRAP_FAILED" }),
        );
    });
  });

  describe("data keys in text mode", () => {
    /** A data key with CR, LF and CR LF in it. */
    const key = Uint8Array.from(utf8("a\rb\nc\r\nd".padEnd(31, "k") + "\r"));
    const packet = concat(
      Uint8Array.of(0xcb, 0xe1),
      utf8("t\0"),
      Uint8Array.of(0xe2, 0, 0, 0, 0, 0xe5),
      key,
      Uint8Array.of(0),
    );
    const sealed = (args: readonly string[], input: Uint8Array): WrappedKey => {
      const common = ["--batch", "--quiet", "--trust-model", "always", "-e", "-a", "-r", ed];
      return { ...ref(ed), enc: home.gpg([...args, ...common], input).toString() };
    };

    test.each(["none", "zip", "zlib", "bzip2"])(
      "as SOPS 2.0 for Go wrote them, compression %s",
      async (compression) => {
        const wrapped = sealed(["--no-literal", "--compress-algo", compression], packet);
        expect(home.gpg(["--batch", "--quiet", "-d"], utf8(wrapped.enc))).toHaveLength(29);
        expect(await pgpProvider.unwrap(wrapped, hostOf(home))).toEqual(key);
      },
    );

    test("a share that gpg makes as long as a data key", async () => {
      const share = concat(utf8("a\rb".padEnd(32, "k")), Uint8Array.of(2));
      const literal = concat(Uint8Array.of(0xcb, 6 + 33), utf8("t\0\0\0\0\0"), share);
      expect(await pgpProvider.unwrap(sealed(["--no-literal"], literal), hostOf(home))).toEqual(share);
    });

    test("as a gpg with textmode in its gpg.conf wrote them for SOPS", async () => {
      for (const text of ["a\nb\nc", "a\nb\rc", "abc"]) {
        const plain = utf8(text.padEnd(32, "k"));
        const wrapped = sealed(["--textmode"], plain);
        expect(await pgpProvider.unwrap(wrapped, hostOf(home)), JSON.stringify(text)).toEqual(plain);
      }
    });

    test("are not written, whatever gpg.conf says", async () => {
      const textual = newHome();
      textual.gpg(["--batch", "--quiet", "--import"], home.gpg(["--batch", "--export-secret-keys", ed]));
      writeFileSync(join(textual.path, "gpg.conf"), "textmode\narmor\nencrypt-to 0123456789ABCDEF\n");
      const enc = await pgpProvider.wrap(ref(ed), key, hostOf(textual));
      const listing = textual.gpg(["--batch", "--list-packets"], utf8(enc)).toString();
      expect(listing).toContain("mode b");
      expect(await pgpProvider.unwrap({ ...ref(ed), enc }, hostOf(textual))).toEqual(key);
      const old = sealed(["--no-literal"], packet);
      expect(await pgpProvider.unwrap(old, hostOf(textual))).toEqual(key);
    });
  });
});
