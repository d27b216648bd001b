import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aadOf, keysBelow } from "../../../src/core/model/aad.ts";
import { toBase64 } from "../../../src/core/base/base64.ts";
import { utf8 } from "../../../src/core/base/bytes.ts";
import type { Scalar } from "../../../src/core/model/tree.ts";
import { isEncText, parseEnc, sealText } from "../../../src/core/model/enc-text.ts";
import { openText, plaintextOf } from "../../../src/core/model/value.ts";
import { nodeRuntime } from "../../../src/node/runtime.ts";

const aadAt = (path: readonly string[]): string => aadOf(path.reduce(keysBelow, ""));
const AAD = utf8(aadAt(["a", "b"]));
const aead = nodeRuntime.aead(new Uint8Array(32).fill(1));
const seal = (plaintext: Uint8Array, type: string): string =>
  sealText(aead, nodeRuntime.randomBytes(32), plaintext, AAD, type);
const open = (plaintext: string | Uint8Array, type: string): unknown => {
  const opened = openText(aead, seal(typeof plaintext === "string" ? utf8(plaintext) : plaintext, type), AAD);
  return opened.kind === "comment" ? opened : opened.value;
};
const code = (name: string): unknown => expect.objectContaining({ code: name });

it("AAD: keys joined by colons, one behind the last, nothing escaped", () => {
  expect(aadAt([])).toBe(":");
  expect(aadAt(["a"])).toBe("a:");
  expect(aadAt(["a:b", "", "é"])).toBe("a:b::é:");
});

describe("each kind comes back as it was", () => {
  const double = fc.double().filter((v) => !Number.isNaN(v));
  const scalars: fc.Arbitrary<Scalar> = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }).map((value) => ({ kind: "str", value }) as const),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ kind: "int", value }) as const),
    double.map((value) => ({ kind: "float", value }) as const),
    fc.boolean().map((value) => ({ kind: "bool", value }) as const),
    fc
      .tuple(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") }),
        fc.integer({ min: -1439, max: 1439 }),
      )
      .map(([date, zone]) => ({ kind: "time", value: withZone(date, zone) }) as const),
  );

  it("str, int, float, bool, time", () => {
    fc.assert(
      fc.property(scalars, (value) => {
        expect(openText(aead, seal(plaintextOf(value), value.kind), AAD)).toEqual({ kind: "value", value });
      }),
    );
  });

  it("bytes that are not UTF-8 travel as str and come back as bytes", () => {
    const value = Uint8Array.of(0x61, 0xff, 0x00);
    expect(plaintextOf({ kind: "bytes", value })).toBe(value);
    expect(open(value, "str")).toEqual({ kind: "bytes", value });
    expect(open(utf8("text"), "bytes")).toEqual({ kind: "bytes", value: utf8("text") });
  });

  it("a comment keeps its bytes, a BOM and a leading space included", () => {
    for (const text of [" x", "\ufeffx", "é"])
      expect(open(text, "comment")).toEqual({ kind: "comment", text });
    expect(open(Uint8Array.of(0xff), "comment")).toEqual({ kind: "comment", text: "\udcff" });
  });

  it("the empty text is the empty string, under any key", () => {
    expect(openText(aead, "", AAD)).toEqual({ kind: "value", value: { kind: "str", value: "" } });
  });
});

function withZone(date: Date, minutes: number): string {
  const text = date.toISOString().replace(/\.?0*Z$/, "");
  const two = (n: number): string => String(n).padStart(2, "0");
  const size = Math.abs(minutes);
  return (
    text + (size === 0 ? "Z" : `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`)
  );
}

describe("plaintexts as Go reads them", () => {
  it.each(["1", "t", "T", "TRUE", "true", "True"])("bool %s is true", (text) => {
    expect(open(text, "bool")).toEqual({ kind: "bool", value: true });
  });
  it.each(["0", "f", "F", "FALSE", "false", "False"])("bool %s is false", (text) => {
    expect(open(text, "bool")).toEqual({ kind: "bool", value: false });
  });
  it.each([
    ["+1", 1n],
    ["00012", 12n],
    ["-0", 0n],
    ["-9223372036854775808", -9223372036854775808n],
  ])("int %s", (text, value) => {
    expect(open(text, "int")).toEqual({ kind: "int", value });
  });
  it.each([
    ["1e3", 1000],
    ["+1.5", 1.5],
    [".5", 0.5],
    ["5.", 5],
    ["1.5E-7", 1.5e-7],
    ["1e-400", 0],
    ["inf", Infinity],
    ["+Inf", Infinity],
    ["-INFINITY", -Infinity],
    ["nan", NaN],
    ["-0", -0],
  ])("float %s", (text, value) => {
    expect(open(text, "float")).toEqual({ kind: "float", value });
  });
  it.each([
    ["int", "1.0"],
    ["int", "1_0"],
    ["int", "0x10"],
    ["int", " 1"],
    ["int", "9223372036854775808"],
    ["int", "-9223372036854775809"],
    ["int", "٣"],
    ["float", "1e400"],
    ["float", "+nan"],
    ["float", "."],
    ["float", "1e"],
    ["float", "1 "],
    ["bool", "yes"],
    ["bool", "tRUE"],
    ["time", "2020-01-01"],
    ["time", "2020-02-30T00:00:00Z"],
    ["nonsense", "x"],
    ["Str", "x"],
  ])("%s %s is refused, and not quoted", (type, text) => {
    try {
      open(text, type);
      expect.unreachable();
    } catch (error) {
      expect(error).toEqual(code("BAD_VALUE"));
      if (text.length > 1) expect(String(error)).not.toContain(text);
    }
  });
});

describe("the syntax, as leniently as sops", () => {
  // Go's `.` is every character but LF. Safe here: the texts are short.
  const GO = /^ENC\[AES256_GCM,data:([^\n]+),iv:([^\n]+),tag:([^\n]+),type:([^\n]+)\]/;
  const piece = fc.constantFrom(
    "ENC[AES256_GCM,data:",
    ",iv:",
    ",tag:",
    ",type:",
    "]",
    "YQ==",
    "x",
    "\n",
    "\r",
    "str",
  );
  const texts = fc.array(piece, { maxLength: 14 }).map((p) => p.join(""));
  const nearly = fc
    .array(piece, { minLength: 9, maxLength: 9 })
    .map(
      (p) =>
        `ENC[AES256_GCM,data:${p.slice(0, 2).join("")},iv:${p.slice(2, 4).join("")},tag:${p.slice(4, 6).join("")},type:${p.slice(6).join("")}]`,
    );

  it("finds what Go's greedy pattern finds", () => {
    fc.assert(
      fc.property(fc.oneof(texts, nearly), (text) => {
        const groups = GO.exec(text);
        expect(isEncText(text)).toBe(groups !== null);
        const parsed = parseEnc(text);
        if (parsed !== null) expect(parsed.type).toBe(groups?.[4]);
      }),
      { numRuns: 3000 },
    );
  });

  it("reads back every text that it writes", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(bytes, bytes, (plaintext, iv) => {
        const parsed = parseEnc(sealText(aead, iv, plaintext, AAD, "str"));
        expect(parsed).toMatchObject({ iv, type: "str" });
        expect(parsed?.tag).toHaveLength(16);
        expect(parsed?.data).toHaveLength(plaintext.length);
      }),
    );
  });

  it("line breaks inside base64 and text behind the last bracket are skipped", () => {
    const text = seal(utf8("hello"), "str").replace(",iv:", "\r,iv:");
    expect(openText(aead, `${text} # note`, AAD)).toEqual({
      kind: "value",
      value: { kind: "str", value: "hello" },
    });
  });

  it("any changed character is an error with a code of its own, never another value", () => {
    const text = seal(utf8("hello"), "str");
    for (let i = 0; i < text.indexOf(",type:"); i++) {
      const changed = `${text.slice(0, i)}${text[i] === "B" ? "C" : "B"}${text.slice(i + 1)}`;
      if (sameBits(text, changed)) continue;
      expect(() => openText(aead, changed, AAD)).toThrow(expect.objectContaining({ name: "SopsError" }));
    }
  });

  it("an empty IV is refused, not handed to the cipher", () => {
    expect(() => openText(aead, "ENC[AES256_GCM,data:YQ==,iv:\r,tag:YQ==,type:str]", AAD)).toThrow(
      code("DECRYPT_VALUE"),
    );
  });

  it("says damaged for damaged base64, and quotes nothing of a clear text", () => {
    expect(() => openText(aead, "ENC[AES256_GCM,data:YQ,iv:YQ==,tag:YQ==,type:str]", AAD)).toThrow(/damaged/);
    try {
      openText(aead, "CANARY", AAD);
      expect.unreachable();
    } catch (error) {
      expect(error).toEqual(code("VALUE_NOT_ENCRYPTED"));
      expect(String(error)).not.toContain("CANARY");
    }
  });
});

/** The unused bits of the last base64 digit may change without changing a byte. */
function sameBits(one: string, other: string): boolean {
  const [a, b] = [parseEnc(one), parseEnc(other)];
  if (a === null || b === null) return false;
  return (["data", "iv", "tag"] as const).every((part) => toBase64(a[part]) === toBase64(b[part]));
}
