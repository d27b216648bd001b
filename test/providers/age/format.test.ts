import * as age from "age-encryption";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, utf8 } from "../../../src/core/base/bytes.ts";
import type { Primitives } from "../../../src/core/ports/primitives.ts";
import { nodePrimitives } from "../../../src/node/primitives.ts";
import { armor, dearmor } from "../../../src/providers/age/armor.ts";
import { decodeBech32, encodeBech32 } from "../../../src/providers/age/bech32.ts";
import { openAgeFile, sealAgeFile } from "../../../src/providers/age/file.ts";
import { parseHeader, type Stanza } from "../../../src/providers/age/header.ts";
import { chachaOpen, chachaSeal } from "../../../src/providers/age/noble-chacha.ts";
import { noblePrimitives } from "../../../src/providers/age/noble-primitives.ts";
import {
  formatX25519Identity,
  formatX25519Recipient,
  parseX25519Identity,
  parseX25519Recipient,
  unwrapFileKey,
  wrapFileKey,
  type X25519Identity,
} from "../../../src/providers/age/x25519.ts";

const SCALAR = new Uint8Array(32).fill(7);
const ME: X25519Identity = { scalar: SCALAR, point: nodePrimitives.x25519Public(SCALAR) };

function seal(plaintext: Uint8Array, crypto: Primitives = nodePrimitives): Promise<Uint8Array> {
  return sealAgeFile(plaintext, (fileKey) => [wrapFor(ME.point, fileKey, crypto)], crypto);
}

function wrapFor(point: Uint8Array, fileKey: Uint8Array, crypto: Primitives): Stanza {
  const stanza = wrapFileKey(fileKey, point, crypto);
  if (stanza === null) throw new Error("low-order point");
  return stanza;
}

function open(file: Uint8Array, crypto: Primitives = nodePrimitives): Promise<Uint8Array | null> {
  return openAgeFile(file, ({ stanzas }) => unwrapFileKey(stanzas, ME, crypto), crypto);
}

/** The file with its header text changed. */
function withHeader(file: Uint8Array, change: (text: string) => string): Uint8Array {
  const { length } = parseHeader(file);
  return concat(utf8(change(new TextDecoder().decode(file.subarray(0, length)))), file.subarray(length));
}

const implementations: readonly (readonly [string, Primitives])[] = [
  ["node:crypto", nodePrimitives],
  ["noble", noblePrimitives],
  ["node:crypto without ChaCha20, as Bun has it", { ...nodePrimitives, chachaSeal, chachaOpen }],
];

describe.each(implementations)("primitives of %s", (_name, crypto) => {
  const key = new Uint8Array(32).fill(1);
  const nonce = new Uint8Array(12).fill(2);
  const hex = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : Buffer.from(bytes).toString("hex");
  const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

  test("X25519: the first iteration of RFC 7748 section 5.2", () => {
    const nine = new Uint8Array(32);
    nine[0] = 9;
    const once = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
    expect(hex(crypto.x25519(nine, nine))).toBe(once);
    expect(hex(crypto.x25519Public(nine))).toBe(once);
  });

  test("X25519 refuses the low-order point zero", () => {
    expect(crypto.x25519(key, new Uint8Array(32))).toBeNull();
  });

  test("HKDF-SHA-256: case 1 of RFC 5869", () => {
    const okm = crypto.hkdfSha256(
      new Uint8Array(22).fill(0x0b),
      unhex("000102030405060708090a0b0c"),
      unhex("f0f1f2f3f4f5f6f7f8f9"),
      42,
    );
    expect(hex(okm)).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  test("HMAC-SHA-256: case 2 of RFC 4231", () => {
    const mac = crypto.hmacSha256(utf8("Jefe"), utf8("what do ya want for nothing?"));
    expect(hex(mac)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  });

  test("ChaCha20-Poly1305 opens what it sealed, and nothing that was changed", () => {
    const sealed = crypto.chachaSeal(key, nonce, utf8("sixteen bytes ok"));
    expect(sealed).toHaveLength(32);
    expect(crypto.chachaOpen(key, nonce, sealed)).toEqual(utf8("sixteen bytes ok"));
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(crypto.chachaOpen(key, nonce, changed)).toBeNull();
    }
    expect(crypto.chachaOpen(key, nonce, sealed.subarray(0, 8))).toBeNull();
  });

  test("seals the same bytes as the other implementation, in plain arrays", () => {
    for (const [, other] of implementations)
      expect(crypto.chachaSeal(key, nonce, SCALAR)).toEqual(other.chachaSeal(key, nonce, SCALAR));
    expect(Buffer.isBuffer(crypto.chachaSeal(key, nonce, SCALAR))).toBe(false);
    expect(Buffer.isBuffer(crypto.x25519Public(key))).toBe(false);
  });
});

describe("bech32", () => {
  test.each(["", "1", "age1", "nope", "A1LQFN3A\u007f", "1qzzfhee", "x1b4n0q5v"])("refuses %j", (text) => {
    expect(decodeBech32(text)).toBeNull();
  });

  test("refuses mixed case and one changed character", () => {
    const text = encodeBech32("age", SCALAR);
    expect(decodeBech32(text)?.bytes).toEqual(SCALAR);
    expect(decodeBech32(text.toUpperCase())?.bytes).toEqual(SCALAR);
    expect(decodeBech32(`A${text.slice(1)}`)).toBeNull();
    const last = text.endsWith("q") ? "p" : "q";
    expect(decodeBech32(text.slice(0, -1) + last)).toBeNull();
  });

  test("carries any bytes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]{1,10}$/), fc.uint8Array({ maxLength: 100 }), (prefix, bytes) => {
        const decoded = decodeBech32(encodeBech32(prefix, bytes));
        expect(decoded).toEqual({ prefix, bytes });
      }),
    );
  });
});

describe("X25519 key texts", () => {
  test("are those of age-encryption", async () => {
    const identity = await age.generateX25519Identity();
    const scalar = parseX25519Identity(identity) ?? new Uint8Array();
    expect(formatX25519Identity(scalar)).toBe(identity);
    const recipient = await age.identityToRecipient(identity);
    expect(formatX25519Recipient(nodePrimitives.x25519Public(scalar))).toBe(recipient);
    expect(parseX25519Recipient(recipient)).toEqual(nodePrimitives.x25519Public(scalar));
  });

  test("have one case each", () => {
    const identity = formatX25519Identity(SCALAR);
    const recipient = formatX25519Recipient(ME.point);
    expect(parseX25519Identity(identity.toLowerCase())).toBeNull();
    expect(parseX25519Recipient(recipient.toUpperCase())).toBeNull();
    expect(parseX25519Recipient(identity)).toBeNull();
    expect(parseX25519Identity(recipient)).toBeNull();
    expect(parseX25519Recipient(encodeBech32("age", SCALAR.subarray(1)))).toBeNull();
  });
});

describe("armor", () => {
  test("is that of age-encryption, for every length", () => {
    for (let length = 1; length < 150; length++) {
      const bytes = new Uint8Array(length).fill(length);
      expect(armor(bytes)).toBe(age.armor.encode(bytes));
      expect(dearmor(armor(bytes))).toEqual(bytes);
    }
  });

  const good = armor(new Uint8Array(100).fill(3));
  test.each([
    ["CRLF", good.replaceAll("\n", "\r\n")],
    ["white space around", `\n  \t\n${good}\n \n`],
    ["no final line feed", good.trimEnd()],
  ])("tolerates %s", (_name, text) => {
    expect(dearmor(text)).toEqual(new Uint8Array(100).fill(3));
  });

  test.each([
    ["nothing", ""],
    ["no BEGIN", good.slice(good.indexOf("\n") + 1)],
    ["no END", good.slice(0, good.indexOf("-----END"))],
    ["a short line in the middle", good.replace("AwMD\n", "Aw\nMD\n")],
    ["an empty last line", good.replace("-----END", "\n-----END")],
    ["no padding", good.replace("==", "")],
    ["trailing bits", good.replace("Aw==", "Ax==")],
    ["text after END", `${good}x`],
    ["a space in a line", good.replace("AwMD", "AwM ")],
  ])("refuses %s", (_name, text) => {
    expect(() => dearmor(text)).toThrow(expect.objectContaining({ code: "BAD_METADATA" }));
  });
});

describe("age file", () => {
  test("opens again under either implementation, whoever sealed it", async () => {
    for (const [, one] of implementations)
      for (const [, other] of implementations)
        expect(await open(await seal(SCALAR, one), other)).toEqual(SCALAR);
  });

  test("age-encryption opens ours, and we open its", async () => {
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(formatX25519Identity(SCALAR));
    expect(await decrypter.decrypt(await seal(SCALAR))).toEqual(SCALAR);
    const encrypter = new age.Encrypter();
    encrypter.addRecipient(formatX25519Recipient(ME.point));
    expect(await open(await encrypter.encrypt(SCALAR))).toEqual(SCALAR);
  });

  test("finds its stanza among others, of known and of unknown types", async () => {
    const other = nodePrimitives.x25519Public(new Uint8Array(32).fill(9));
    const grease: Stanza = { args: ["some-grease", "arg"], body: new Uint8Array(48) };
    const file = await sealAgeFile(
      SCALAR,
      (key) => [grease, wrapFor(other, key, nodePrimitives), wrapFor(ME.point, key, nodePrimitives)],
      nodePrimitives,
    );
    expect(await open(file)).toEqual(SCALAR);
  });

  test("answers null for another's file", async () => {
    const other = nodePrimitives.x25519Public(new Uint8Array(32).fill(9));
    const file = await sealAgeFile(SCALAR, (key) => [wrapFor(other, key, nodePrimitives)], nodePrimitives);
    expect(await open(file)).toBeNull();
  });

  test.each<[string, (header: string) => string]>([
    ["another version", (h) => h.replace("/v1", "/v2")],
    ["no stanza", (h) => h.replace(/->[^]*---/, "---")],
    ["an empty argument", (h) => h.replace("X25519 ", "X25519  ")],
    ["a third argument", (h) => h.replace(/(X25519 \S+)/, "$1 x")],
    ["no share", (h) => h.replace(/X25519 \S+/, "X25519")],
    ["a padded share", (h) => h.replace(/(X25519 \S+)/, "$1=")],
    ["a short body", (h) => h.replace(/\n[\w+/]{43}\n---/, "\nAAAA\n---")],
    ["no MAC", (h) => h.replace(/--- .*/, "---")],
    ["a short MAC", (h) => h.replace(/--- .*/, "--- AAAA")],
    ["another MAC", (h) => h.replace(/--- .*/, `--- ${"A".repeat(43)}`)],
    ["CRLF", (h) => h.replaceAll("\n", "\r\n")],
    ["a byte that is no ASCII", (h) => h.replace("X25519", "X2551\u00e9")],
    ["a passphrase beside the recipient", (h) => h.replace("\n->", "\n-> scrypt AAAA 18\nAAAA\n->")],
    ["an added stanza", (h) => h.replace("\n->", "\n-> more x\nAAAA\n->")],
  ])("refuses a header with %s", async (_name, change) => {
    const file = await seal(SCALAR);
    const changed = withHeader(file, change);
    expect(changed).not.toEqual(file);
    await expect(open(changed)).rejects.toThrow(expect.objectContaining({ code: "BAD_METADATA" }));
  });

  test("never opens with a byte changed, nor cut anywhere", async () => {
    const file = await seal(SCALAR);
    for (let i = 0; i < file.length; i++) {
      const changed = file.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(await openOrNull(changed), `byte ${String(i)}`).toBeNull();
      expect(await openOrNull(file.subarray(0, i)), `cut at ${String(i)}`).toBeNull();
    }
  });

  test("a message about a damaged file holds none of its bytes", async () => {
    const file = withHeader(await seal(SCALAR), (h) => h.replace("X25519 ", "X25519 canary "));
    await expect(open(file)).rejects.toThrow(/^(?!.*canary)/);
  });
});

async function openOrNull(file: Uint8Array): Promise<Uint8Array | null> {
  try {
    return await open(file);
  } catch {
    return null;
  }
}
