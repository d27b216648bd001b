import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SopsError } from "../../src/core/base/errors.ts";
import { entry, list, map, NULL, str, type Tree } from "../../src/core/model/tree.ts";
import { binaryFormat } from "../../src/formats/binary.ts";
import { BLOCK, bytes, fakeSeal, leavesOf, roundTrip, text } from "./json/fake-seal.ts";

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const treeOf = (...entries: Parameters<typeof map>[0]): Tree => ({ documents: [map(entries)] });

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SopsError) return error.code;
    throw error;
  }
  return "no error";
}

describe("plain", () => {
  it.each([
    ["text", "héllo\r\n", { kind: "str", value: "héllo\r\n" }],
    ["a BOM", "\ufeffx", { kind: "str", value: "\ufeffx" }],
    ["nothing", "", { kind: "str", value: "" }],
    ["a sealed file", '{"sops":{}}', { kind: "str", value: '{"sops":{}}' }],
  ])("%s", (_, source, value) => {
    const root = binaryFormat.parsePlain(bytes(source)).tree.documents[0];
    expect(root && leavesOf(root).map((leaf) => leaf.value)).toEqual([value]);
  });

  it("bytes that are not text stay bytes", () => {
    const octets = new Uint8Array([0, 0xff, 0xc3]);
    const root = binaryFormat.parsePlain(octets).tree.documents[0];
    expect(root && leavesOf(root).map((leaf) => leaf.value)).toEqual([{ kind: "bytes", value: octets }]);
  });
});

describe("sealed", () => {
  it("is JSON as sops prints it", () => {
    const sealed = fakeSeal(binaryFormat, bytes("x"), map([entry("mac", str("ENC[mac]"))]));
    expect(text(sealed.bytes)).toBe('{\n\t"data": "ENC[0]",\n\t"sops": {\n\t\t"mac": "ENC[mac]"\n\t}\n}\n');
    expect(text(fakeSeal(binaryFormat, bytes(""), map([])).bytes)).toBe(
      '{\n\t"data": "",\n\t"sops": {}\n}\n',
    );
  });

  it("gives any bytes back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (plain) => {
        expect(roundTrip(binaryFormat, plain)).toEqual(plain);
      }),
    );
  });

  it("of real sops reads and prints the same", () => {
    const sealed = fixture("sops-3.12.2/app.bin");
    const { tree, metadata } = binaryFormat.parseSealed(sealed);
    expect(text(binaryFormat.emitSealed(tree, metadata))).toBe(text(sealed));
  });

  it("never keeps bytes in clear that JSON would lose", () => {
    const unsealed = (plain: Uint8Array): Uint8Array =>
      binaryFormat.parsePlain(plain).seal(new Map()).finish(map([]));
    expect(codeOf(() => unsealed(new Uint8Array([0xff])))).toBe("ENCRYPT_VALUE");
    expect(text(unsealed(bytes("<")))).toBe('{\n\t"data": "\\u003c",\n\t"sops": {}\n}\n');
  });

  it("is refused without a block", () => {
    expect(codeOf(() => binaryFormat.parseSealed(bytes('{"data":"x"}')))).toBe("NO_METADATA");
    expect(codeOf(() => binaryFormat.parseSealed(bytes("x")))).toBe("PARSE");
  });

  it("takes an indent", () => {
    const sealed = binaryFormat.emitSealed(treeOf(entry("data", str("x"))), BLOCK, { indent: 1 });
    expect(text(sealed)).toContain('{\n "data": "x",\n "sops": {\n  "mac"');
  });
});

describe("emit", () => {
  it("writes the string under data, whatever else there is", () => {
    const tree = treeOf(entry("x", NULL), entry("data", str("<é>")), entry("data", str("second")));
    expect(text(binaryFormat.emit(tree))).toBe("<é>");
  });

  it.each([
    [treeOf()],
    [treeOf(entry("a", str("x")))],
    [treeOf(entry("data", NULL))],
    [treeOf(entry("data", list([])))],
    [treeOf(entry("data", { type: "leaf", value: { kind: "int", value: 1n } }))],
    [{ documents: [] }],
    [{ documents: [map([entry("data", str("x"))]), map([])] }],
  ])("refuses another tree %#", (tree) => {
    expect(codeOf(() => binaryFormat.emit(tree))).toBe("EMIT");
  });

  it("has no single values", () => {
    expect(codeOf(() => binaryFormat.emitValue(list([])))).toBe("EMIT");
  });
});
