import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { isUtf8, looseBytes, looseText } from "../../../src/core/base/loose-text.ts";
import { printable } from "../../../src/core/base/printable.ts";
import { keysBelow } from "../../../src/core/model/aad.ts";

const byte = fc.constantFrom(0x41, 0x80, 0xa9, 0xbf, 0xc3, 0xe2, 0x82, 0xac, 0xed, 0xf0, 0x9f, 0x98, 0xff);

describe("names and comments that are not UTF-8", () => {
  it("give every byte back (property)", () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (bytes) => {
        const all = Uint8Array.from(bytes);
        expect(looseBytes(looseText(all))).toEqual(all);
      }),
      { numRuns: 5000 },
    );
  });

  it("are plain text where the bytes are UTF-8, and differ from it where they are not", () => {
    expect(looseText(utf8("é€😀\ufffd"))).toBe("é€😀\ufffd");
    expect(looseText(Uint8Array.of(0xe9))).toBe("\udce9");
    expect([isUtf8("é😀\ufffd"), isUtf8("x\udce9"), isUtf8("\ud83d\udce9")]).toEqual([true, false, true]);
  });

  it("go into what is authenticated as the bytes that SOPS has there", () => {
    const keys = keysBelow("a:", looseText(Uint8Array.of(0xff)));
    expect(looseBytes(keys)).toEqual(Uint8Array.of(0x61, 0x3a, 0xff, 0x3a));
  });

  it("are shown as bytes in messages", () => {
    expect(printable("cl\udce9")).toBe("cl\\xe9");
    expect(printable("😀")).toBe("😀");
  });
});
