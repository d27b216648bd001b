import { deflateRawSync, deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { concat } from "../../../src/core/base/bytes.ts";
import { bunzip2 } from "../../../src/providers/pgp/bunzip2.ts";
import { decompress, MAX_BYTES } from "../../../src/providers/pgp/decompress.ts";
import { literalOf } from "../../../src/providers/pgp/literal.ts";
import { readPacket } from "../../../src/providers/pgp/packet.ts";
import { fromTextMode, withoutCr } from "../../../src/providers/pgp/text-mode.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "hex"));
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const text = (content: Uint8Array | null): string | null =>
  content === null ? null : Buffer.from(content).toString("latin1");

/** A literal packet in text mode, dated 0, without a name. */
const literal = (content: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0xcb, 6 + content.length), hex("7400 00000000"), content);

describe("packets", () => {
  test.each<[string, string, number, string]>([
    ["new, one byte of length", "cb 02 6162", 11, "6162"],
    ["new, two bytes", `cb c000 ${"61".repeat(192)}`, 11, "61".repeat(192)],
    ["new, five bytes", "cb ff00000002 6162", 11, "6162"],
    ["new, in parts", "cb e1 6162 e0 63 01 64", 11, "61626364"],
    ["new, in parts with an empty end", "cb e1 6162 00", 11, "6162"],
    ["old, one byte", "ac 02 6162", 11, "6162"],
    ["old, two bytes", "ad 0002 6162", 11, "6162"],
    ["old, four bytes", "ae 00000002 6162", 11, "6162"],
    ["old, to the end", "a3 616263", 8, "616263"],
    ["empty", "cb 00", 11, ""],
  ])("%s", (_name, packet, tag, body) => {
    const at = packet.includes("a3") ? "" : "ffff";
    const read = readPacket(hex(packet + at), 0);
    expect(read?.tag).toBe(tag);
    expect(Buffer.from(read?.body ?? []).toString("hex")).toBe(body);
    expect(read?.end).toBe(hex(packet).length);
  });

  test.each(["", "00", "61", "cb", "cb 03 6162", "cb e1 6162", "cb e1 61", "cb c0", "ad 00", "ae 000000"])(
    "%j is none",
    (packet) => {
      expect(readPacket(hex(packet), 0)).toBeNull();
    },
  );
});

describe("literal packets", () => {
  const content = bytes("a\rb\r\nc");

  test("as SOPS 2.0 for Go wrote one: in parts, in text mode", async () => {
    const message = hex("cb e1 7400 e2 00000000 e2 610d620d 02 0a63");
    expect(text(await literalOf(message))).toBe("a\rb\r\nc");
  });

  test("after other packets, with a file name", async () => {
    expect(text(await literalOf(hex("ca 03 504750 cb 0a 75 03 612e74 00000001 6b")))).toBe("k");
  });

  test.each<[string, number, (packet: Uint8Array) => Uint8Array]>([
    ["not", 0, (packet) => packet],
    ["by ZIP", 1, (packet) => new Uint8Array(deflateRawSync(packet))],
    ["by ZLIB", 2, (packet) => new Uint8Array(deflateSync(packet))],
  ])("compressed %s", async (_name, algorithm, compress) => {
    const packed = concat(Uint8Array.of(0xa3, algorithm), compress(literal(content)));
    expect(await literalOf(packed)).toEqual(content);
    const twice = concat(Uint8Array.of(0xa3, algorithm), compress(packed));
    expect(await literalOf(twice)).toEqual(content);
  });

  test.each(["", "cb 03 740000", "cb 05 7401610000", "a3 02 789c00", "a3 09 61", "a3 01", "ca 03 504750"])(
    "%j has none",
    async (message) => {
      expect(await literalOf(hex(message))).toBeNull();
    },
  );

  test("compression without end is not followed", async () => {
    let packed = literal(content);
    for (let i = 0; i < 6; i++) packed = concat(hex("a3 00"), packed);
    expect(await literalOf(packed)).toBeNull();
  });
});

describe("decompression", () => {
  /** Made by Python's bz2.compress: "\r\n" * 3; "a" * 260; bytes(range(256)) * 2; nothing. */
  const PACKED: readonly (readonly [Uint8Array, string])[] = [
    [bytes("\r\n\r\n\r\n"), "QlpoOTFBWSZTWd5H3rYAAALAAAASIAAhAIJnF3JFOFCQ3kfetg=="],
    [bytes("a".repeat(260)), "QlpoOTFBWSZTWavKTH0AAALBAKAAIAAACCAAIKptQZjFR4u5IpwoSFXlJj6A"],
    [
      Uint8Array.from({ length: 512 }, (_, i) => i & 255),
      "QlpoOTFBWSZTWS9yhSYAAAD/////////////////////////////////////////////sAFgACqqoCYCYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAkwAEwABMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEmAAmAAJgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB/UBQJA0EQV/yDIOhCEoUhaGP/Q1DkPRBEUSRNFEVRZF0YRlGkbRxHUeR9IEhSJI0kSVJknShKUqStLEtS5L0wTFMkzTRNU2TdOE5TpO08T1Pk/UBQVCUNRFFUZR1IUlSlLUxTVOU9UFRVJU1UVVVlXVhWVaVtXFdV5X1gWFYljWRZVmWdaFpWpa1sW1blvXBcVyXNdF1XZd14Xlel7XxfV+X9gGBYJg2EYVhmHYhiWKYtjGNY5j2QZFkmTZRlWWZdmGZZpm2cZ1nmfaBoWiaNpGlaZp2oalqmraxrWua9sGxbJs20bVtm3bhuW6btvG9b5v3AcFwnDcRxXGcdyHJcpy3Mc1znPdB0XSdN1HVdZ13Ydl2nbdx3Xed94HheJ43keV5nneh6Xqet7Hte573wfF8nzfR9X2fd+H5fp+38f1/hdyRThQkC9yhSYA=",
    ],
    [new Uint8Array(), "QlpoORdyRThQkAAAAAA="],
  ];

  test.each(PACKED)("BZip2 %#", (plain, packed) => {
    expect(bunzip2(new Uint8Array(Buffer.from(packed, "base64")), 1024)).toEqual(plain);
  });

  test.each(PACKED)("BZip2 %#: damage is null or short, and never an endless loop", (_plain, packed) => {
    const whole = new Uint8Array(Buffer.from(packed, "base64"));
    expect(bunzip2(whole.subarray(0, -6), 1024)).toBeNull();
    for (let bit = 0; bit < whole.length * 8; bit += 5) {
      const damaged = whole.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(bunzip2(damaged, 1024)?.length ?? 0).toBeLessThanOrEqual(1024);
    }
  });

  test("a bomb is refused", async () => {
    const zeros = new Uint8Array(MAX_BYTES + 1);
    expect(await decompress(1, new Uint8Array(deflateRawSync(zeros)))).toBeNull();
    expect(await decompress(2, new Uint8Array(deflateSync(zeros)))).toBeNull();
    expect(await decompress(2, new Uint8Array(deflateSync(zeros.subarray(1))))).toHaveLength(MAX_BYTES);
    const [, run = ""] = PACKED[1] ?? [];
    expect(bunzip2(new Uint8Array(Buffer.from(run, "base64")), 259)).toBeNull();
  });
});

describe("text mode", () => {
  const pad = (head: string, length: number): string => head.padEnd(length, "k");

  test.each<[string, string, string]>([
    ["a CR of the key stays", pad("a\rb", 32), pad("a\rb", 32)],
    ["a share with one, too", pad("a\rb", 33), pad("a\rb", 33)],
    ["a lone LF means that no CR was added", pad("a\r\nb\nc", 33), pad("a\r\nb\nc", 33)],
    ["CR LF in place of LF is LF again", pad("a\r\nb\r\n", 34), pad("a\nb\n", 32)],
    ["and a CR besides stays", pad("a\r\nb\rc", 34), pad("a\nb\rc", 33)],
    ["CR LF of a key of 32 bytes are its own", pad("a\r\nb", 32), pad("a\r\nb", 32)],
    ["no CR", pad("a\nb", 32), pad("a\nb", 32)],
  ])("%s", (_name, content, key) => {
    expect(text(fromTextMode(bytes(content)))).toBe(key);
  });

  test("gpg prints it without any CR", () => {
    expect(text(withoutCr(bytes("\ra\r\nb\r")))).toBe("a\nb");
  });
});
