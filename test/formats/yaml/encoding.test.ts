import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { SopsError } from "../../../src/core/base/errors.ts";
import { decodeYaml, encodeYaml } from "../../../src/formats/yaml/parse/encoding.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";
import { BLOCK, fakeSeal, roundTrip } from "../support/fake-seal.ts";

const TEXT = 'a: "b" # c\r\nü: x😀\r\n\r\nn: [one, "two"]';

describe.each(["utf-16le", "utf-16be"] as const)("YAML in %s", (encoding) => {
  const plain = encodeYaml(TEXT, encoding);

  it("has the data of the same text in UTF-8", () => {
    const keys = (bytes: Uint8Array): unknown =>
      yamlFormat
        .parsePlain(bytes)
        .tree.documents[0]?.entries.map((e) => [e.type, "key" in e ? e.key : e.text]);
    expect(keys(plain)).toEqual(keys(utf8(TEXT)));
  });

  it("is sealed as UTF-8 and comes back byte for byte", () => {
    const { sealed, opened } = roundTrip(yamlFormat, plain);
    expect(new TextDecoder("utf-8", { fatal: true }).decode(sealed)).toContain("ü: ENC[");
    expect(opened).toEqual(plain);
  });

  it("opens where the sealed file was converted, as UTF-8 where no hint says otherwise", () => {
    const sealed = new TextDecoder().decode(fakeSeal(yamlFormat.parsePlain(utf8("a: b\n"))).finish(BLOCK));
    const source = yamlFormat.parseSealed(encodeYaml(sealed, encoding));
    expect(new TextDecoder().decode(yamlFormat.emit(source.tree))).toMatch(/^a: ENC\[/);
    expect(new TextDecoder().decode(source.withBlock(BLOCK))).toBe(sealed);
  });

  it("stays in its encoding where one value is set", () => {
    const path = ["a"];
    const set = yamlFormat
      .parsePlain(plain)
      .set?.(path, { type: "leaf", value: { kind: "str", value: "z" } });
    expect(decodeYaml(set ?? new Uint8Array())).toBe(TEXT.replace('"b"', '"z"'));
  });

  it("is refused by name where it is cut off", () => {
    const cut = plain.subarray(0, plain.length - 1);
    expect(() => yamlFormat.parsePlain(cut)).toThrow(SopsError);
    expect(() => yamlFormat.parsePlain(cut)).toThrow(expect.objectContaining({ code: "NOT_UTF8" }));
  });
});

it("a byte order mark of UTF-8 stays at the start of the text", () => {
  const plain = utf8("\ufeffa: b\n");
  expect(roundTrip(yamlFormat, plain).opened).toEqual(plain);
});
