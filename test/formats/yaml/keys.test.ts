import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import type { Tree } from "../../../src/core/model/tree.ts";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";
import { roundTrip } from "../support/fake-seal.ts";

const read = (text: string): Tree => yamlFormat.parsePlain(utf8(text)).tree;
const emitted = (tree: Tree): string => new TextDecoder().decode(yamlFormat.emit(tree));

// Each text as the real sops 3.13.3 prints it.
const KEYS: readonly (readonly [plain: string, canonical: string])[] = [
  ['!!binary "/w==": x\n', "!!binary /w==: x\n"],
  ['!!binary "YWI=": x\n', "ab: x\n"],
  ["? !!binary /w==\n: x\n", "!!binary /w==: x\n"],
  ['a: &k !!binary "/w=="\n*k : x\n', "a: !!binary /w==\n!!binary /w==: x\n"],
  ['a: &k {!!binary "/w==": "y"}\nb: *k\n', 'a:\n    !!binary /w==: "y"\nb:\n    !!binary /w==: "y"\n'],
  [
    `!!binary "${"/".repeat(93)}w==": x\n`,
    `? !!binary |\n    ${"/".repeat(70)}\n    ${"/".repeat(23)}w==\n: x\n`,
  ],
];

describe("keys that are bytes", () => {
  it.each(KEYS)("%j", (plain, canonical) => {
    expect(emitted(read(plain))).toBe(canonical);
    expect(new TextDecoder().decode(roundTrip(yamlFormat, utf8(plain)).opened)).toBe(plain);
  });

  it("JSON has U+FFFD for each bad byte, escaped as Go does", () => {
    expect(new TextDecoder().decode(jsonFormat.emit(read('!!binary "YWL/": x\n')))).toBe(
      '{\n\t"ab\\ufffd": "x"\n}\n',
    );
  });
});
