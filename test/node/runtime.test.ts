import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nobleRuntime } from "../../src/core/ports/noble.ts";
import type { Runtime } from "../../src/core/ports/runtime.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";

const bytes = (min: number, max: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: min, maxLength: max });
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

const runtimes: readonly (readonly [string, Runtime])[] = [
  ["node:crypto", nodeRuntime],
  ["noble", nobleRuntime],
];

describe.each(runtimes)("runtime %s", (_name, runtime) => {
  test("AES-256-GCM: the all-zero case 14 of the GCM specification", () => {
    const sealed = runtime
      .aead(new Uint8Array(32))
      .seal(new Uint8Array(12), new Uint8Array(16), new Uint8Array());
    expect(hex(sealed)).toBe("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  });

  test("SHA-512 of abc (FIPS 180-4), in pieces", () => {
    const hash = runtime.sha512();
    hash.update(unhex("61"));
    hash.update(new Uint8Array());
    hash.update(unhex("6263"));
    expect(hex(hash.digest())).toMatch(/^ddaf35a193617abacc417349ae204131.*2a9ac94fa54ca49f$/);
  });

  test("opens what it sealed; null when anything is changed, cut or empty", () => {
    const aead = runtime.aead(new Uint8Array(32).fill(1));
    const iv = new Uint8Array(32).fill(2);
    const aad = unhex("613a");
    const sealed = aead.seal(iv, unhex("00ff"), aad);
    expect(aead.open(iv, sealed, aad)).toEqual(unhex("00ff"));
    for (let i = 0; i < sealed.length; i++) {
      const changed = sealed.slice();
      changed[i] = (changed[i] ?? 0) ^ 0x80;
      expect(aead.open(iv, changed, aad)).toBeNull();
      expect(aead.open(iv, sealed.subarray(0, i), aad)).toBeNull();
    }
    expect(aead.open(iv, sealed, unhex("613b"))).toBeNull();
    expect(aead.open(iv.subarray(1), sealed, aad)).toBeNull();
    expect(runtime.aead(new Uint8Array(32)).open(iv, sealed, aad)).toBeNull();
  });

  test("gives plain arrays, not Buffers", () => {
    const aead = runtime.aead(new Uint8Array(32));
    const iv = new Uint8Array(12);
    const sealed = aead.seal(iv, unhex("02"), unhex("03"));
    const all = [
      sealed,
      aead.open(iv, sealed, unhex("03")),
      runtime.sha512().digest(),
      runtime.randomBytes(3),
    ];
    for (const data of all) expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
  });

  test("random bytes have their length and do not repeat", () => {
    for (const length of [0, 1, 12, 32, 4096, 4097, 20000, 65536])
      expect(runtime.randomBytes(length)).toHaveLength(length);
    const seen = new Set(Array.from({ length: 3000 }, () => hex(runtime.randomBytes(32))));
    expect(seen.size).toBe(3000);
  });

  test("random bytes are the caller's own", () => {
    const one = runtime.randomBytes(16);
    const copy = one.slice();
    const two = runtime.randomBytes(16);
    two.fill(0);
    expect(one).toEqual(copy);
    expect(one.buffer.byteLength).toBe(16);
  });
});

test("both runtimes seal and hash to identical bytes, for any IV length", () => {
  fc.assert(
    fc.property(bytes(32, 32), bytes(1, 40), bytes(0, 200), bytes(0, 60), (key, iv, plaintext, aad) => {
      const [one, other] = [nodeRuntime.aead(key), nobleRuntime.aead(key)];
      const sealed = one.seal(iv, plaintext, aad);
      // GCM by noble wants 8 bytes of IV or more; SOPS writes 32.
      if (iv.length >= 8) {
        expect(other.seal(iv, plaintext, aad)).toEqual(sealed);
        expect(other.open(iv, sealed, aad)).toEqual(plaintext);
      }
      expect(one.open(iv, sealed, aad)).toEqual(plaintext);
      const hashes = [nodeRuntime, nobleRuntime].map((runtime) => {
        const hash = runtime.sha512();
        hash.update(plaintext);
        return hash.digest();
      });
      expect(hashes[0]).toEqual(hashes[1]);
    }),
  );
});
