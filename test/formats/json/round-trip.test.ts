import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { bytes, fakeOpen, fakeSeal, roundTrip, text } from "./fake-seal.ts";

const trip = (source: string): string => text(roundTrip(jsonFormat, bytes(source)));

describe("open(seal(x)) is x, byte for byte", () => {
  it.each([
    ["{}"],
    ["{}\n"],
    ["{ }"],
    ["\n{\r\n\t}\n \n"],
    ['{"a":1}'],
    ['{"a":1}\n\n'],
    ['{ "a" : 1 , "b":[ 1 ,2.50, 1e3,-0, -0.0, true ,null, "" ] }'],
    ['{\r\n  "a": "x",\r\n  "b": {"c": []}\r\n}\r\n'],
    ['{\n"a":1\n,\n"b":2\n\n}'],
    ['{"<>&\u2028": "<>&\u2028", "\\u003c": "\\u003c\\u003e\\u0026\\u2028"}'],
    ['{"a":"\\u00e9\\/","b":"\\u00E9","c":"é\\/","d":"\\ud83d\\ude00","e":"\\uD83D\\uDE00","f":"\\ud800"}'],
    ['{"a":"\\u0008\\b\\u007f\u007f","b":"\\u000A","c":"\\u0041"}'],
    ['{"a":1.0,"b":1.10,"c":1E2,"d":100000000000000000000,"e":1e21,"f":0.0000001,"g":9007199254740993}'],
    ['{"a":1,"a":1,"a":{"a":"x"}}'],
    ['{"__proto__":"x","constructor":{"2":1,"1":2}}'],
    ['{\r"a":1,\r"b":2\r}'],
  ])("%j", (source) => {
    expect(trip(source)).toBe(source);
  });

  it("the fixture, which has layout that other tools lose", () => {
    const source = readFileSync(new URL("../../../fixtures/plain/app.json", import.meta.url));
    expect(text(roundTrip(jsonFormat, source))).toBe(source.toString());
  });

  it("10,000 levels", () => {
    const source = `${'{"a":['.repeat(4_999)}{"a":1.0}${"]}".repeat(4_999)}`;
    const format = jsonFormat;
    const plain = format.parsePlain(bytes(source));
    const draft = plain.seal(new Map());
    const sealed = format.parseSealed(draft.finish({ type: "map", entries: [] }));
    expect(text(sealed.open(new Map(), draft.presentation)) === source).toBe(true);
  });
});

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const escape = fc.oneof(
  fc.constantFrom(
    '\\"',
    "\\\\",
    "\\/",
    "\\b",
    "\\f",
    "\\n",
    "\\r",
    "\\t",
    "<",
    ">",
    "&",
    "\u2028",
    "\u007f",
    "é",
    "😀",
  ),
  fc.stringMatching(/^\\u[0-9a-fA-F]{4}$/),
  fc.stringMatching(/^[a-z /]{1,3}$/),
);
const string = fc.array(escape, { maxLength: 5 }).map((parts) => `"${parts.join("")}"`);
const number = fc
  .stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?$/)
  .filter((digits) => Number.isFinite(Number(digits)));
const scalar = fc.oneof(string, number, fc.constantFrom("true", "false", "null"));

/** JSON texts as nobody would write them. */
const { object } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie("list"), tie("object")),
  list: fc
    .tuple(space, fc.array(fc.tuple(space, tie("value"), space), { maxLength: 4 }))
    .map(([pad, items]) => `[${items.length === 0 ? pad : items.map((item) => item.join("")).join(",")}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(space, string, space, space, tie("value"), space), { maxLength: 4 }))
    .map(([pad, items]) => {
      const entries = items.map(([a, key, b, c, value, d]) => `${a}${key}${b}:${c}${value}${d}`);
      return `{${entries.length === 0 ? pad : entries.join(",")}}`;
    }),
}));
const document = fc.tuple(space, object, space).map((parts) => parts.join(""));

/** A float without a fraction is printed without one and read again as an integer, which has no negative zero. */
const reloaded = (canonical: string): string => canonical.replace(/-0(?=[,\n])/g, "0");

describe("properties", () => {
  it("any layout comes back", () => {
    fc.assert(
      fc.property(document, (source) => {
        expect(trip(source)).toBe(source);
      }),
      { numRuns: 1000 },
    );
  });

  it("the sealed text is JSON that holds the block and the same keys", () => {
    fc.assert(
      fc.property(document, (source) => {
        const sealed: unknown = JSON.parse(text(fakeSeal(jsonFormat, bytes(source)).bytes));
        const plain = JSON.parse(source) as object;
        expect(Object.keys(sealed as object)).toEqual([...Object.keys(plain), "sops"]);
      }),
    );
  });

  it("without hints the data comes back, as sops spells it", () => {
    fc.assert(
      fc.property(document, (source) => {
        const sealed = fakeSeal(jsonFormat, bytes(source));
        const opened = fakeOpen(jsonFormat, sealed.bytes, { leaves: [], file: "" }, sealed.values);
        const canonical = jsonFormat.emit(jsonFormat.parsePlain(bytes(source)).tree);
        const again = jsonFormat.emit(jsonFormat.parsePlain(opened).tree);
        expect(text(again)).toBe(reloaded(text(canonical)));
      }),
    );
  });

  it("canonical text is its own canonical text and needs no hints", () => {
    fc.assert(
      fc.property(document, (source) => {
        const canonical = jsonFormat.emit(jsonFormat.parsePlain(bytes(source)).tree);
        const again = jsonFormat.emit(jsonFormat.parsePlain(canonical).tree);
        expect(text(again)).toBe(reloaded(text(canonical)));
        expect(fakeSeal(jsonFormat, again).presentation).toEqual({ leaves: [], file: "" });
      }),
    );
  });
});
