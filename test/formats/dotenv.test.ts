import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes, utf8 } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import {
  entry,
  list,
  map,
  type MapItem,
  NULL,
  type Scalar,
  str,
  type Tree,
} from "../../src/core/model/tree.ts";
import { dotenvFormat } from "../../src/formats/dotenv/index.ts";
import { realSops } from "../support/real-sops.ts";
import { dotenvDocument } from "../support/generate/dotenv.ts";
import { Random } from "../support/generate/random.ts";
import { DOTENV_CASES } from "./support/dotenv-cases.ts";
import { BLOCK, fakeSeal, openedSites, roundTrip } from "./support/fake-seal.ts";
import { judge } from "./support/sops-judge.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const leaf = (value: Scalar): { type: "leaf"; value: Scalar } => ({ type: "leaf", value });
const tree = (...items: MapItem[]): Tree => ({ documents: [map(items)] });
const items = (source: string): readonly MapItem[] =>
  dotenvFormat.parsePlain(utf8(source)).tree.documents[0]?.entries ?? [];

function pairs(source: string): unknown[] {
  return items(source).map((item) => {
    if (item.type === "comment") return item.text;
    return [item.key, item.value.type === "leaf" ? item.value.value.value : item.value.type];
  });
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SopsError) return error.code;
    throw error;
  }
  return "no error";
}

function errorOf(source: string): SopsError {
  try {
    items(source);
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("dotenv: reading", () => {
  it("has all the cases of the dialect", () => {
    expect(DOTENV_CASES).toHaveLength(67);
  });

  it.each(DOTENV_CASES)("%s", (_, source, expected) => {
    if (expected === null) {
      expect(codeOf(() => items(source))).toBe("PARSE");
      return;
    }
    expect(pairs(source).filter((pair) => Array.isArray(pair))).toEqual(expected);
    expect(text(roundTrip(dotenvFormat, utf8(source)).opened)).toBe(source);
  });

  it("takes all after # as the comment", () => {
    expect(pairs("# a #b\n#\n#X=1\nA=#b\n")).toEqual([" a #b", "", "X=1", ["A", "#b"]]);
  });

  it("keeps duplicates, __proto__ and number keys in order", () => {
    expect(pairs("2=a\n1=b\n__proto__=c\n2=d\n")).toEqual([
      ["2", "a"],
      ["1", "b"],
      ["__proto__", "c"],
      ["2", "d"],
    ]);
  });

  it("names the line of a CR LF empty line, and what to do", () => {
    const error = errorOf("A=b\r\n\r\nB=c\r\n");
    expect([error.code, error.place?.line]).toEqual(["PARSE", 2]);
    expect(error.hint).toContain("LF");
  });

  it("never puts a line of the file into an error", () => {
    const error = errorOf('A="begin\ncanary-secret"\n');
    expect(error.place?.line).toBe(2);
    expect(JSON.stringify([error.message, error.hint])).not.toContain("canary");
  });

  it("refuses the reserved prefix with its line", () => {
    const error = errorOf("A=b\nsops_version=1\n");
    expect([error.code, error.place?.line]).toEqual(["ALREADY_ENCRYPTED", 2]);
    expect(pairs("sopsx=1\nSOPS_X=2\n#sops_x=1\n")).toHaveLength(3);
  });
});

describe("dotenv: bytes that are not UTF-8", () => {
  const latin1 = (source: string): Uint8Array => Uint8Array.from(source, (c) => c.charCodeAt(0));

  it("keeps values as bytes and reads others as text", () => {
    const source = dotenvFormat.parsePlain(latin1("A=caf\xe9\nB=caf\xc3\xa9\n"));
    const values = source.tree.documents[0]?.entries.map((e) =>
      e.type === "entry" && e.value.type === "leaf" ? e.value.value : null,
    );
    expect(values).toEqual([
      { kind: "bytes", value: latin1("caf\xe9") },
      { kind: "str", value: "café" },
    ]);
  });

  it("gives values and comments back byte for byte", () => {
    const plain = latin1("#\xe9\xff\nA=\xff\\n\xfe\n\xc3\x84=x");
    expect(roundTrip(dotenvFormat, plain).opened).toEqual(plain);
  });

  it("keeps the bytes of a key, which is part of what is authenticated", () => {
    const { tree } = dotenvFormat.parsePlain(latin1("A=b\ncl\xe9=c\n"));
    expect(tree.documents[0]?.entries.map((e) => e.type === "entry" && e.key)).toEqual(["A", "cl\udce9"]);
    expect(dotenvFormat.emit(tree)).toEqual(latin1("A=b\ncl\xe9=c\n"));
    const plain = latin1("cl\xe9=x");
    expect(roundTrip(dotenvFormat, plain).opened).toEqual(plain);
  });

  it("refuses UTF-16 by name, plain and sealed", () => {
    const utf16 = Uint8Array.of(0xfe, 0xff, 0, 0x41, 0, 0x3d, 0, 0x62, 0, 0x0a);
    for (const parse of [
      (bytes: Uint8Array) => dotenvFormat.parsePlain(bytes),
      (bytes: Uint8Array) => dotenvFormat.parseSealed(bytes),
    ])
      expect(() => parse(utf16)).toThrow(
        expect.objectContaining({ code: "NOT_UTF8", message: expect.stringContaining("UTF-16") as string }),
      );
  });
});

describe("dotenv: sealing and opening", () => {
  it("replaces values and comment texts, and nothing else", () => {
    const { sealed } = roundTrip(dotenvFormat, utf8("# note\n\nexport A=b\nE=\nF=x"));
    const lines = text(sealed).split("\n");
    expect(lines[0]).toMatch(/^#ENC\[.*\]$/);
    expect(lines.slice(1, 4).map((line) => line.replace(/ENC.*/, "ENC"))).toEqual(["", "export A=ENC", "E="]);
    expect(lines[4]).toMatch(/^F=ENC/);
    expect(lines.slice(5)).toEqual([
      "sops_age__list_0__map_enc=-----BEGIN\\nabc\\n-----END\\n",
      "sops_age__list_0__map_recipient=age1x",
      "sops_lastmodified=2026-01-02T03:04:05Z",
      "sops_mac=ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]",
      "sops_version=3.13.3",
      "",
    ]);
  });

  it("leaves what is not chosen", () => {
    const draft = fakeSeal(
      dotenvFormat.parsePlain(utf8("#c\nA=b\nB=c\n")),
      (site) => site.type === "leaf" && site.value.value === "c",
    );
    expect(text(draft.finish(map([])))).toMatch(/^#c\nA=b\nB=ENC\[.*\]\n$/);
  });

  it.each([
    "",
    "\n",
    "A=b",
    "A=b\n",
    "\n\nA=b\n\n",
    "#",
    "A=",
    "A=b\r\nB=\r\n",
    "=\n",
    "\ufeffA=b\n",
    "A=\\n\\n\n",
    "A=x\\\\n",
  ])("gives %j back", (source) => {
    expect(text(roundTrip(dotenvFormat, utf8(source)).opened)).toBe(source);
  });

  it("gives any text back that it accepts (property)", () => {
    const line = fc.oneof(
      fc.constantFrom("", "A=b", "#c", "=", "#", "A=\r", "x=y=z", "A=\\n"),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), fc.func(fc.boolean()), (lines, end, chosen) => {
        const plain = utf8(lines.join("\n") + (end ? "\n" : ""));
        if (codeOf(() => dotenvFormat.parsePlain(plain)) !== "no error") return;
        const trip = roundTrip(dotenvFormat, plain, (_, i) => chosen(i));
        expect(trip.opened).toEqual(plain);
      }),
    );
  });

  it("takes the block from anywhere in the file, CR LF or not", () => {
    const { sealed } = roundTrip(dotenvFormat, utf8("A=b\nB=c\n"));
    const [a = "", b = "", ...block] = text(sealed).trimEnd().split("\n");
    const moved = dotenvFormat.parseSealed(
      utf8([block[0], a, ...block.slice(1).map((line) => line + "\r"), b].join("\n")),
    );
    expect(moved.metadata).toEqual(dotenvFormat.parseSealed(sealed).metadata);
    expect(text(moved.open(openedSites(moved), { leaves: [], file: "" }))).toBe("A=b\nB=c");
  });

  it("reads the block as a tree, and refuses a file without one", () => {
    expect(dotenvFormat.parseSealed(roundTrip(dotenvFormat, utf8("A=b")).sealed).metadata).toEqual(BLOCK);
    expect(codeOf(() => dotenvFormat.parseSealed(utf8("A=b\n")))).toBe("NO_METADATA");
    expect(codeOf(() => dotenvFormat.parseSealed(utf8("sops_a=1\nsops_a=2\n")))).toBe("BAD_METADATA");
  });

  it("ignores a hint that does not spell the comment that is there", () => {
    const draft = fakeSeal(dotenvFormat.parsePlain(utf8("#c\n")));
    const source = dotenvFormat.parseSealed(draft.finish(BLOCK));
    expect(text(source.open(openedSites(source), { leaves: [{ at: 1, spelling: "other" }], file: "" }))).toBe(
      "#c\n",
    );
  });
});

describe("dotenv: writing", () => {
  it("prints values as sops does", () => {
    const node = tree(
      { type: "comment", text: "c", inline: false },
      entry("A", str("a\nb")),
      entry("i", leaf({ kind: "int", value: -7n })),
      entry("f", leaf({ kind: "float", value: 1 })),
      entry("g", leaf({ kind: "float", value: 1234567 })),
      entry("t", leaf({ kind: "bool", value: true })),
      entry("n", NULL),
      entry("é", leaf({ kind: "bytes", value: Uint8Array.of(0xff) })),
    );
    const expected = "#c\nA=a\\nb\ni=-7\nf=1.0\ng=1.234567E+06\nt=true\nn=<nil>\n\xc3\xa9=\xff\n";
    expect(String.fromCharCode(...dotenvFormat.emit(node))).toBe(expected);
  });

  it.each([
    ["a list", entry("a", list([]))],
    ["a map", entry("a", map([]))],
    ["a key with =", entry("a=b", str("x"))],
    ["a key that is a comment", entry("#a", str("x"))],
    ["a key with a line feed", entry("a\nb", str("x"))],
  ])("refuses %s", (_, item) => {
    expect(codeOf(() => dotenvFormat.emit(tree(item)))).toBe("EMIT");
  });

  it.each([
    ["a reserved key", entry("sops_a", str("x")), "ALREADY_ENCRYPTED"],
    ["null, which sops cannot open", entry("a", NULL), "EMIT"],
    ["a clear backslash and n, which sops reads as LF", entry("a", str("x\\ny")), "EMIT"],
  ])("seals no tree with %s", (_, item, code) => {
    expect(codeOf(() => dotenvFormat.emitSealed(tree(item), BLOCK))).toBe(code);
  });

  it("prints single strings as they are, and nothing else", () => {
    expect(text(dotenvFormat.emitValue(str("a\nb")))).toBe("a\nb");
    expect(codeOf(() => dotenvFormat.emitValue(leaf({ kind: "int", value: 1n })))).toBe("EMIT");
  });

  it("prints the same bytes each time", () => {
    const once = dotenvFormat.emitSealed(tree(entry("A", str("b"))), BLOCK);
    expect(dotenvFormat.emitSealed(tree(entry("A", str("b"))), BLOCK)).toEqual(once);
  });
});

describe("dotenv: set and unset", () => {
  const set = (source: string, key: string, value: string): string | null => {
    const bytes = dotenvFormat.parsePlain(utf8(source)).set?.([key], str(value)) ?? null;
    return bytes === null ? null : text(bytes);
  };
  const unset = (source: string, key: string): string | null => {
    const bytes = dotenvFormat.parsePlain(utf8(source)).unset?.([key]) ?? null;
    return bytes === null ? null : text(bytes);
  };

  it.each([
    ["#c\nA=b\n\nB=c", "A", "x\ny", "#c\nA=x\\ny\n\nB=c"],
    ["A=1\nA=2\n", "A", "x", "A=x\nA=2\n"],
    ["A=b\n", "B", "c", "A=b\nB=c\n"],
    ["A=b", "B", "c", "A=b\nB=c"],
    ["", "é", "c", "é=c\n"],
  ])("%j with %s set", (source, key, value, expected) => {
    expect(set(source, key, value)).toBe(expected);
  });

  it.each(["#x", "a=b", "sops_x", "a\nb"])("cannot splice in the key %j", (key) => {
    expect(set("A=b\n", key, "x")).toBeNull();
  });

  it.each([
    ["A=b\nB=c\nC=d\n", "B", "A=b\nC=d\n"],
    ["A=b\nB=c", "B", "A=b\n"],
    ["A=b", "A", ""],
  ])("%j with %s unset", (source, key, expected) => {
    expect(unset(source, key)).toBe(expected);
    expect(unset(source, "none")).toBeNull();
  });
});

describe("dotenv: large files", () => {
  it("takes linear time", () => {
    const big = utf8(
      Array.from({ length: 60_000 }, (_, i) => `KEY_${String(i)}=value ${String(i)}\n`).join(""),
    );
    const start = performance.now();
    expect(equalBytes(roundTrip(dotenvFormat, big).opened, big)).toBe(true);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe.skipIf(realSops === null)("dotenv: against the real sops", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "seals so that sops opens it, and prints what sops prints (%i)",
    async (seed) => {
      const plain = utf8(dotenvDocument(new Random(seed)));
      if (codeOf(() => dotenvFormat.parsePlain(plain)) !== "no error") return;
      const judged = await judge(dotenvFormat, ".env", plain);
      expect(text(judged.oursOpened)).toBe(text(judged.theirsOpened));
      expect(text(dotenvFormat.emit(dotenvFormat.parsePlain(plain).tree))).toBe(text(judged.theirsOpened));
      const source = dotenvFormat.parseSealed(judged.theirs);
      const lines = text(dotenvFormat.emitSealed(source.tree, source.metadata)).split("\n");
      // 3.12 prints the block in an order of its own.
      expect(lines.sort()).toEqual(text(judged.theirs).split("\n").sort());
    },
  );
});
