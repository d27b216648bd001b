import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64 } from "../../../src/core/base/base64.ts";
import {
  concat,
  equalBytes,
  equalConstantTime,
  fromByteString,
  fromUtf8,
  toByteString,
  toHex,
  tryFromUtf8,
  utf8,
  wipe,
} from "../../../src/core/base/bytes.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

describe("base64", () => {
  it("is the platform's, both ways", () => {
    fc.assert(
      fc.property(bytes, (b) => {
        const text = Buffer.from(b).toString("base64");
        return toBase64(b) === text && equalBytes(fromBase64(text) ?? new Uint8Array(1), b);
      }),
    );
  });

  it("holds over the chunk size", () => {
    for (const length of [6143, 6144, 6145, 20_000]) {
      const b = Uint8Array.from({ length }, (_, i) => i * 7);
      expect(toBase64(b)).toBe(Buffer.from(b).toString("base64"));
    }
  });

  it.each(["Y", "YQ", "YQ=", "YQ===", "Y-8=", "YQ==YQ==", "Y Q=", "é===", "=YQ="])("refuses %s", (text) => {
    expect(fromBase64(text)).toBeNull();
  });

  it("skips line ends, as Go does", () => {
    expect(fromBase64("Y\nQ\r\n==")).toEqual(utf8("a"));
  });
});

describe("UTF-8", () => {
  it("is the platform's for any text, short or long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const encoded = utf8(text);
        return equalBytes(encoded, new TextEncoder().encode(text)) && tryFromUtf8(encoded) === text;
      }),
    );
  });

  it("keeps a BOM, and refuses what is not UTF-8 with the line", () => {
    expect(fromUtf8(fromByteString("\xef\xbb\xbfa"))).toBe("\ufeffa");
    expect(tryFromUtf8(fromByteString("a\xff"))).toBeNull();
    expect(() => fromUtf8(fromByteString("a\nb\xff\n"))).toThrow(
      expect.objectContaining({ code: "NOT_UTF8", place: { line: 2 } }),
    );
  });
});

it("byte strings keep every byte", () => {
  fc.assert(fc.property(bytes, (b) => equalBytes(fromByteString(toByteString(b)), b)));
});

it("compares, joins, prints and wipes", () => {
  expect(equalConstantTime(utf8("ab"), utf8("ab"))).toBe(true);
  expect(equalConstantTime(utf8("ab"), utf8("ac"))).toBe(false);
  expect(equalConstantTime(utf8("ab"), utf8("a"))).toBe(false);
  expect(toHex(concat(utf8("a"), utf8("b")))).toBe("6162");
  const secret = utf8("secret");
  wipe(secret);
  expect(secret).toEqual(new Uint8Array(6));
});
