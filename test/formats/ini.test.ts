import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes, utf8 } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import {
  entry,
  list,
  map,
  type MapItem,
  type MapNode,
  NULL,
  type Scalar,
  str,
  type Tree,
} from "../../src/core/model/tree.ts";
import { iniFormat } from "../../src/formats/ini/index.ts";
import { iniDocument } from "../support/generate/ini.ts";
import { Random } from "../support/generate/random.ts";
import { BLOCK, fakeSeal, openedSites, roundTrip } from "./support/fake-seal.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const leaf = (value: Scalar): { type: "leaf"; value: Scalar } => ({ type: "leaf", value });
const comment = (value: string): MapItem => ({ type: "comment", text: value, inline: false });
const tree = (...items: MapItem[]): Tree => ({ documents: [map(items)] });

/** Sections as [name, ...items]: a comment is its text, a key [name, value]. An empty first DEFAULT is left out. */
function read(source: string): unknown[] {
  const sections = iniFormat.parsePlain(utf8(source)).tree.documents[0]?.entries ?? [];
  const shown = sections.map((s): unknown[] =>
    s.type === "entry" && s.value.type === "map" ? [s.key, ...s.value.entries.map(show)] : [s],
  );
  return shown[0]?.length === 1 ? shown.slice(1) : shown;
}

function show(item: MapItem): unknown {
  if (item.type === "comment") return item.text;
  return [item.key, item.value.type === "leaf" ? item.value.value.value : item.value.type];
}

function valueOf(line: string): unknown {
  const [section] = read(line) as [unknown, [string, string]?][];
  return section?.[1]?.[1];
}

function errorOf(work: () => unknown): SopsError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
}

describe("ini: reading", () => {
  it("reads sections, section comments and key comments", () => {
    const source =
      '\n; by John\n[owner]\nname=John Doe\n\n[database]\n; use IP\nserver=192.0.2.62     \nport=143\nfile="p.dat"\n';
    expect(read(source)).toEqual([
      ["owner", "by John", ["name", "John Doe"]],
      ["database", ["server", "192.0.2.62"], "use IP", ["port", "143"], ["file", "p.dat"]],
    ]);
  });

  it("always starts with DEFAULT, and keeps sections of one name apart", () => {
    expect(iniFormat.parsePlain(utf8("")).tree).toEqual(tree(entry("DEFAULT", map([]))));
    expect(read("a=1\n[DEFAULT]\nb=2\n[s]\n[s]\nc=3\n")).toEqual([
      ["DEFAULT", ["a", "1"]],
      ["DEFAULT", ["b", "2"]],
      ["s"],
      ["s", ["c", "3"]],
    ]);
  });

  it("takes the last value of a key at its first place, with the last comment", () => {
    expect(read("; one\na=1\nb=2\n; two\na=3\n")).toEqual([["DEFAULT", ["a", "3"], "two", ["b", "2"]]]);
    expect(read("; one\na=1\na=3\n")).toEqual([["DEFAULT", ["a", "3"]]]);
  });

  it("numbers the keys -, in each section anew", () => {
    expect(read("-=a\n-=b\n[s]\n-=c\n")).toEqual([
      ["DEFAULT", ["#1", "a"], ["#2", "b"]],
      ["s", ["#1", "c"]],
    ]);
  });

  it("keeps __proto__ and number keys in order", () => {
    expect(read("[__proto__]\n2=a\n1=b\n__proto__=c\n")).toEqual([
      ["__proto__", ["2", "a"], ["1", "b"], ["__proto__", "c"]],
    ]);
  });

  it.each([
    ["k = v", "v"],
    ["k:v", "v"],
    ["k =  v  ", "v"],
    ["k = ", ""],
    ["k =", ""],
    ["k = a # b", "a"],
    ["k = a#b", "a"],
    ["k = a;b", "a"],
    ["k = ; b", ""],
    ["k = 'a'", "a"],
    ['k = "a b"', "a b"],
    ['k = " a "', " a "],
    ["k = 'it's'", "'it's'"],
    ["k = '", "'"],
    ['k = ""', ""],
    ['k = "a" b', '"a" b'],
    ['k = "a # b"', '"a'],
    ["k = `a#b`", "a#b"],
    ["k = `a` lost", "a"],
    ["k = `a` b`", "a` b"],
    ["k = ``", ""],
    ['k = """a"b"""', 'a"b'],
    ['k = """"""', ""],
    ['k = """a\n b\n"""\n', "a\n b\n"],
    ["k = `a\nb`\n", "a\nb"],
    ['k = """a\nb""" \\\nc"""\n', 'a\nb""" \\\nc'],
    ["k = a\\\n  b \n", "ab"],
    ["k = a \\\nb # c\n", "a b # c"],
    ["k = 'a\\\nb'\n", "'ab'"],
    ["k = a\\\n\nb = c", "a"],
    ["k = a\\", "a"],
    ["k = a # \\\nb\n", "a # b"],
    ["k = %(x)s", "%(x)s"],
    ["k = a\\nb", "a\\nb"],
    ["k = v\r\n", "v"],
    ["k = \u00a0v\u2003\u0085\n", "v"],
    ["\ufeffk = v", "v"],
  ])("%j", (line, value) => {
    expect(valueOf(line)).toBe(value);
    expect(text(roundTrip(iniFormat, utf8(line)).opened)).toBe(line);
  });

  it.each([
    ['"a b" = v', "a b"],
    ['"""a"b""" = v', 'a"b'],
    ["`a=b` = v", "a=b"],
    ["` a ` = v", "a"],
    ["a b = v", "a b"],
    ["'a' = v", "'a'"],
    ["a.b:c = v", "a.b"],
  ])("key %j", (line, key) => {
    expect(read(line)).toEqual([["DEFAULT", [key, expect.any(String)]]]);
    expect(text(roundTrip(iniFormat, utf8(line)).opened)).toBe(line);
  });

  it.each([
    ["; a\nk=v", ["a"]],
    ["# a\n; b\nk=v", ["a\n; b"]],
    [";; ; a\nk=v", ["a"]],
    [";#a\nk=v", ["#a"]],
    ["; a\n\n  # b\nk=v ; c", ["a\n# b\n; c"]],
    ["k=v # a", ["a"]],
    ["k=v#a", ["a"]],
    [";\nk=v", [""]],
    ['k = """a\nb""" # c\n', ["c"]],
    ["k=v\n; lost", []],
    // SOPS crashes when it writes a comment whose first line is empty.
    [";\n# a\n; b\nk=v", ["a\n; b"]],
  ])("comment %j", (source, comments) => {
    const [section] = read(source) as unknown[][];
    expect(section?.slice(2)).toEqual(comments);
    expect(text(roundTrip(iniFormat, utf8(source)).opened)).toBe(source);
  });

  it("reads a header up to its last bracket, and its comments", () => {
    expect(read("; a\n[s] # b\n[x]y]\n[ z ]")).toEqual([["s", "a\n# b"], ["x]y"], [" z "]]);
    expect(read("[s] # b]\n")).toEqual([["s] # b"]]);
  });

  it.each([
    ["k", 1],
    ["a=b\nsecret-canary\n", 2],
    ["= v", 1],
    ["[s", 1],
    ["[]", 1],
    ['k = """secret-canary\nb\n', 1],
    ["k = `secret-canary\n", 1],
    ['"k = v', 1],
    ['"a"b', 1],
    ['"" = v', 1],
    ['"a" secret-canary = v', 1],
  ])("refuses %j", (source, line) => {
    const error = errorOf(() => read(source));
    expect([error?.code, error?.place?.line]).toEqual(["PARSE", line]);
    expect(JSON.stringify([error?.message, error?.hint])).not.toContain("canary");
  });

  it("refuses the reserved section and UTF-16", () => {
    expect(errorOf(() => read("a=b\n[sops]\n"))?.code).toBe("ALREADY_ENCRYPTED");
    expect(errorOf(() => iniFormat.parsePlain(Uint8Array.of(0xff, 0xfe, 0x61, 0)))?.code).toBe("NOT_UTF8");
    expect(errorOf(() => iniFormat.parseSealed(Uint8Array.of(0xff, 0xfe, 0x5b, 0)))?.code).toBe("NOT_UTF8");
  });
});

describe("ini: sealing and opening", () => {
  it("replaces values and comment texts, and nothing else", () => {
    const { sealed } = roundTrip(
      iniFormat,
      utf8("; top\n[s]\n# note\nlong = 'v' ; in\nk   : `a#b`\ne = \n\n[t]\n"),
    );
    const short = text(sealed).replace(/ENC\[[^\]]*\]/g, "ENC");
    expect(short.slice(0, short.indexOf("[sops]"))).toBe(
      "; ENC\n[s]\nlong = ENC ; ENC\nk   : ENC\ne = \n\n[t]\n\n",
    );
  });

  it("appends the block as its last section", () => {
    const { sealed } = roundTrip(iniFormat, utf8("a=b"));
    expect(text(sealed).split("\n").slice(1)).toEqual([
      "",
      "[sops]",
      "age__list_0__map_enc       = -----BEGIN\\nabc\\n-----END\\n",
      "age__list_0__map_recipient = age1x",
      "lastmodified               = 2026-01-02T03:04:05Z",
      "mac                        = ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]",
      "version                    = 3.13.3",
      "",
    ]);
  });

  it.each([
    ["a comment after the last key", "k=v\n; canary\n\n# canary\n"],
    ["an overridden value and its comments", "; canary\nk = 'canary' # canary\nk = v\n"],
    ["an overridden value over lines", 'k = """canary\ncanary"""\nk = a\\\n  canary\nk=v\n'],
    ["text behind a quoted value", "k = `v` canary\n"],
    ["text behind a quoted value over lines", "k = `v\nw` canary ; canary\n"],
    ["text behind a header", "[s] canary\nk=v\n"],
    ["text and a comment behind a header", "; canary\n[s] canary ; canary\nk=v\n"],
    ["nothing but comments", "; canary\n"],
  ])("leaves no %s in clear text", (_, source) => {
    const all = roundTrip(iniFormat, utf8(source));
    expect(text(all.sealed)).not.toContain("canary");
    expect(text(all.opened)).toBe(source);
    // Values that stay clear take nothing along that is not theirs; comments that stay are not sealed.
    const some = roundTrip(iniFormat, utf8(source), (site) => site.type === "comment");
    expect(text(some.sealed)).not.toContain("canary");
    expect(text(some.opened)).toBe(source);
  });

  it("keeps the first place of a key whose later value counts", () => {
    const { sealed } = roundTrip(iniFormat, utf8("a=1\nb=2\na=3\n"));
    const keys = iniFormat
      .parseSealed(sealed)
      .tree.documents[0]?.entries.flatMap((s) =>
        s.type === "entry" && s.value.type === "map" ? s.value.entries : [],
      );
    expect(keys?.map((e) => (e.type === "entry" ? e.key : ""))).toEqual(["a", "b"]);
  });

  it("never puts a sealed comment on a header's line, where SOPS would take its bracket for the header's", () => {
    const { sealed } = roundTrip(iniFormat, utf8("  [s] ; c\n"));
    expect(text(sealed)).toMatch(/^; ENC\[.*\]\n {2}\[s\]\n/);
  });

  it("leaves no comment in a sealed file that crashes SOPS", () => {
    const { sealed, opened } = roundTrip(
      iniFormat,
      utf8(";\n;\nk=v\n#\n; x\nl=w"),
      (site) => site.type === "leaf",
    );
    expect(text(sealed)).toMatch(/^; \nk=ENC.*\n; x\nl=/);
    expect(text(opened)).toBe(";\n;\nk=v\n#\n; x\nl=w");
  });

  it.each(Array.from({ length: 200 }, (_, i) => i))("gives a generated file back (%i)", (seed) => {
    const source = iniDocument(new Random(seed));
    const chosen = new Random(seed + 1);
    expect(text(roundTrip(iniFormat, utf8(source)).opened)).toBe(source);
    expect(text(roundTrip(iniFormat, utf8(source), () => chosen.chance(0.5)).opened)).toBe(source);
  });

  it("gives any bytes back that it accepts (property)", () => {
    const piece = fc.constantFrom(
      "k=v\n",
      "k = v\n",
      "[s]\n",
      " [t] x ; c\n",
      "; c\n",
      "#\n",
      "\n",
      "\r\n",
      '"',
      '"""',
      "`",
      "'",
      "\\\n",
      " ",
      "=",
      ":",
      "#",
      ";",
      "a",
      "\xe9",
      "\xc3\xa9",
      "\xc2\xa0",
      "-=x\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.func(fc.boolean()), (pieces, chosen) => {
        const plain = Uint8Array.from(pieces.join(""), (c) => c.charCodeAt(0));
        if (errorOf(() => iniFormat.parsePlain(plain)) !== null) return;
        expect(equalBytes(roundTrip(iniFormat, plain).opened, plain)).toBe(true);
        // A clear value that would open a quote is refused.
        const some = (): Uint8Array => roundTrip(iniFormat, plain, (_, i) => chosen(i)).opened;
        if (errorOf(some)?.code !== "UNSUPPORTED") expect(equalBytes(some(), plain)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(["#\na=;", "#\na=#", "#\n#; c\nk=v\n", "#\nk=v#\n"])(
    "gives a comment that cannot stay as it is back: %j",
    (source) => {
      expect(text(roundTrip(iniFormat, utf8(source)).opened)).toBe(source);
      expect(text(roundTrip(iniFormat, utf8(source), () => false).opened)).toBe(source);
    },
  );

  it("refuses to leave a value clear that would open a quote before the block; sealed it is fine", () => {
    const source = utf8('a:"""');
    expect(text(roundTrip(iniFormat, source).opened)).toBe('a:"""');
    expect(errorOf(() => roundTrip(iniFormat, source, () => false))).toMatchObject({
      code: "UNSUPPORTED",
      place: { line: 1 },
    });
  });

  it("reads the block with line feeds in quotes, as SOPS 3.13.0 wrote it", () => {
    const { sealed } = roundTrip(iniFormat, utf8("a=b\n"));
    const quoted = text(sealed).replace(/-----BEGIN.*/, '"""-----BEGIN\nabc\n-----END\n"""');
    expect(iniFormat.parseSealed(utf8(quoted)).metadata).toEqual(BLOCK);
    expect(iniFormat.parseSealed(sealed).metadata).toEqual(BLOCK);
  });

  it("takes the block from between other sections", () => {
    const { sealed } = roundTrip(iniFormat, utf8("a=b\n"));
    const source = iniFormat.parseSealed(utf8(text(sealed) + "\n[t]\nc=d\n"));
    expect(text(source.open(openedSites(source), { leaves: [], file: "" }))).toBe("a=b\n[t]\nc=d\n");
  });

  it("refuses a file without a block, and one with two", () => {
    expect(errorOf(() => iniFormat.parseSealed(utf8("hello=2")))?.code).toBe("NO_METADATA");
    expect(errorOf(() => iniFormat.parseSealed(utf8("[sops]\na=1\n[sops]\n")))?.code).toBe("BAD_METADATA");
  });

  it("uses a hint only where it spells the value that is there", () => {
    const draft = fakeSeal(iniFormat.parsePlain(utf8("k = 'v' ; c\n")));
    const source = iniFormat.parseSealed(draft.finish(BLOCK));
    const open = (at: number, spelling: string): string =>
      text(source.open(openedSites(source), { leaves: [{ at, spelling }], file: "" }));
    expect(open(2, '"')).toBe('k = "v" ; c\n');
    expect(open(2, '"w"')).toBe("k = v ; c\n");
    expect(open(2, "v # c")).toBe("k = v ; c\n");
    expect(open(3, '["","; other"]')).toBe("k = v ; c\n");
    expect(open(3, "not json")).toBe("k = v ; c\n");
  });

  it("takes linear time", () => {
    const big = utf8(
      "[s]\n" +
        Array.from({ length: 20_000 }, (_, i) => `; c\nkey_${String(i)} = value ${String(i)}\n`).join(""),
    );
    const start = performance.now();
    expect(equalBytes(roundTrip(iniFormat, big).opened, big)).toBe(true);
    expect(performance.now() - start).toBeLessThan(8000);
  });
});

describe("ini: writing", () => {
  const emit = (...items: MapItem[]): string => text(iniFormat.emit(tree(...items)));
  const section = (name: string, ...items: MapItem[]): MapItem => entry(name, map(items));

  it("aligns keys, and puts a line between sections", () => {
    const keys = [comment("sc"), entry("a", str("b")), comment("kc\n# two"), entry("long key", str(""))];
    expect(emit(section("DEFAULT", entry("x", str("y"))), section("s", ...keys), section("t"))).toBe(
      "x = y\n\n; sc\n[s]\n; kc\n# two\na        = b\nlong key = \n\n[t]\n",
    );
  });

  it("writes no empty DEFAULT, but one that is not the first", () => {
    expect(emit(section("DEFAULT"), section("s"), section("DEFAULT", entry("a", str("b"))))).toBe(
      "[s]\n\n[DEFAULT]\na = b\n",
    );
  });

  it.each([
    ["a\nb", '"""a\nb"""'],
    ["a`b", '"""a`b"""'],
    ["a#b", "`a#b`"],
    ["a;b", "`a;b`"],
    [" a", '" a"'],
    ['a"b', 'a"b'],
    ["a=b", "a=b"],
  ])("quotes %j as sops does", (value, spelled) => {
    expect(emit(section("s", entry("k", str(value))))).toBe(`[s]\nk = ${spelled}\n`);
  });

  it.each([
    ['a"b"', '`a"b"`'],
    ["a=b", "`a=b`"],
    ["a`b", '"""a`b"""'],
    ["a\\b", "a\\b"],
    ["#a", "`#a`"],
    ["[a", "`[a`"],
    ["#1", "-"],
  ])("writes the key %j so that it reads back", (key, spelled) => {
    const made = emit(section("s", entry(key, str("v"))));
    expect(made).toBe(`[s]\n${spelled} = v\n`);
    expect(read(made)).toEqual([["s", [key, "v"]]]);
  });

  it("prints scalars as sops does", () => {
    const items = [
      entry("i", leaf({ kind: "int", value: 7n })),
      entry("f", leaf({ kind: "float", value: 1 })),
      entry("b", leaf({ kind: "bool", value: true })),
      entry("n", NULL),
    ];
    expect(emit(section("s", ...items))).toBe("[s]\ni = 7\nf = 1.0\nb = true\nn = <nil>\n");
  });

  it("puts comments where sops does, and drops what it drops", () => {
    const items = [comment("s"), comment("lost"), entry("a", str("1")), comment("old"), comment("new")];
    expect(emit(comment("lost"), section("s", ...items))).toBe("; s\n[s]\n; new\na = 1\n");
  });

  it.each<[string, MapItem]>([
    ["a value outside of a section", entry("a", str("b"))],
    ["null outside of a section", entry("a", NULL)],
    ["a list in a section", section("s", entry("a", list([])))],
    ["a map in a section", section("s", entry("a", map([])))],
    ["a section without name", section("")],
    ["a key without name", section("s", entry("", str("v")))],
    ["a key that no quotes can hold", section("s", entry("a`=", str("v")))],
    ["a key with outer space", section("s", entry(" a", str("v")))],
    ["a key with a line feed", section("s", entry("a\nb", str("v")))],
  ])("refuses %s", (_, item) => {
    expect(errorOf(() => iniFormat.emit(tree(item)))?.code).toBe("EMIT");
  });

  it.each<[string, MapItem, string]>([
    ["the reserved section", section("sops"), "ALREADY_ENCRYPTED"],
    ["null, which sops cannot open", section("s", entry("a", NULL)), "EMIT"],
    ["a clear value that sops reads differently", section("s", entry("a", str("'q'"))), "EMIT"],
  ])("seals no tree with %s", (_, item, code) => {
    expect(errorOf(() => iniFormat.emitSealed(tree(item), BLOCK))?.code).toBe(code);
  });

  it("prints one value as JSON, a map as a file", () => {
    const value = (node: Parameters<typeof iniFormat.emitValue>[0]): string =>
      text(iniFormat.emitValue(node));
    expect(value(list([str("a<b>&\u2028"), NULL, leaf({ kind: "bool", value: true })]))).toBe(
      '["a\\u003cb\\u003e\\u0026\\u2028",null,true]',
    );
    expect(value(leaf({ kind: "float", value: 1.5 }))).toBe("1.5");
    expect(errorOf(() => iniFormat.emitValue(map([entry("k", str("v"))])))?.code).toBe("EMIT");
    expect(value(map([section("s", entry("k", str("v")))]))).toBe("[s]\nk = v\n");
  });
});

describe("ini: set and unset", () => {
  const set = (source: string, path: string[], value: string | MapNode): string | null => {
    const bytes =
      iniFormat.parsePlain(utf8(source)).set?.(path, typeof value === "string" ? str(value) : value) ?? null;
    return bytes === null ? null : text(bytes);
  };
  const unset = (source: string, path: string[]): string | null => {
    const bytes = iniFormat.parsePlain(utf8(source)).unset?.(path) ?? null;
    return bytes === null ? null : text(bytes);
  };

  it.each([
    ["[s]\nk  = 'v' ; c\n", ["s", "k"], "w", "[s]\nk  = w ; c\n"],
    ["[s]\n; a\n\tk  = 'v' ; c\r\n", ["s", "k"], "a#b", "[s]\n; a\n\t; c\r\n\tk  = `a#b`\r\n"],
    ["[s]\nk =\n", ["s", "k"], "v", "[s]\nk = v\n"],
    ["[s]\nk=\n", ["s", "k"], "v", "[s]\nk=v\n"],
    ["[s]\nk=1\nk=2\n", ["s", "k"], "3", "[s]\nk=1\nk=3\n"],
    ["[s]\nk=v\n\n; c\n[t]\n", ["s", "l"], "w", "[s]\nk=v\nl = w\n\n; c\n[t]\n"],
    ["[s]\n[t]", ["t", "l"], "w", "[s]\n[t]\nl = w"],
    ["[s]\n", ["DEFAULT", "k"], "v", "k = v\n[s]\n"],
  ])("%j with %j set", (source, path, value, expected) => {
    expect(set(source, path, value)).toBe(expected);
  });

  it("adds a section, before comments at the end", () => {
    expect(set("[s]\nk=v\n; end\n", ["t"], map([entry("a", str("b"))]))).toBe(
      "[s]\nk=v\n\n[t]\na = b\n\n; end\n",
    );
    expect(set("[s]\nk=v", ["é"], map([entry("a", str("é"))]))).toBe("[s]\nk=v\n\n[é]\na = é\n");
  });

  it("leaves to others what a splice cannot do", () => {
    expect(set("[s]\nk=v\n", ["s", "k"], '` """\n# x')).toBeNull();
    expect(set("[s]\nk=v\n", ["s", "a`="], "x")).toBeNull();
    expect(set("[s]\nk=v\n", ["s"], "x")).toBeNull();
  });

  it("replaces a section in its place", () => {
    const made = map([entry("b", str("2"))]);
    const source = "x=1\nx=2\n\n; c\n[s]\na=1\na=2\n\n[t]\nk=1\nk=2\n; end\n";
    expect(set(source, ["s"], made)).toBe("x=1\nx=2\n\n[s]\nb = 2\n\n[t]\nk=1\nk=2\n; end\n");
    expect(set(source, ["t"], made)).toBe("x=1\nx=2\n\n; c\n[s]\na=1\na=2\n\n[t]\nb = 2\n\n; end\n");
    expect(set("a=1\n[s]\n", ["DEFAULT"], made)).toBe("b = 2\n\n[s]\n");
  });

  it.each([
    ["[s]\na=1\nb=2\na=3\n", ["s", "a"], "[s]\nb=2\n"],
    ["[s]\na=1\n; c\n[t]\nb=2\n", ["t"], "[s]\na=1\n"],
    ["[s]\na=1\n\n[t]\nb=2\n; end\n", ["t"], "[s]\na=1\n\n; end\n"],
    ["[s]\na=1\n[t]\nb=2\n", ["s"], "[t]\nb=2\n"],
    ["a=1\n; c\n[t]\nb=2\n", ["DEFAULT"], "; c\n[t]\nb=2\n"],
    ["[s]\n; c\na=1\n\n; d\nb=2 # e\nc=3\n; end\n", ["s", "b"], "[s]\n; c\na=1\n\nc=3\n; end\n"],
  ])("%j with %j unset", (source, path, expected) => {
    expect(unset(source, path)).toBe(expected);
  });
});
