import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import { iniFormat } from "../../src/formats/ini/index.ts";
import { iniDocument } from "../support/generate/ini.ts";
import { Random } from "../support/generate/random.ts";
import { realSops } from "../support/real-sops.ts";
import { judge } from "./support/sops-judge.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Every rule of reading that decides a path, a value or an order. */
const TRAPS: readonly (readonly [name: string, source: string])[] = [
  ["header comments", "; a\n[s] ; b\nk = v\n  [t] # c\nk = w\n"],
  ["comments in two places", '; a\n\n  # b\nk = v ; c\n; d\n[s] junk ; e\nl = """w\nx""" ; f\n; tail\n'],
  ["overridden keys", '; a\nk = 1\nl = 2\n; b\nk = """3\n4"""\n[s]\nk = 5\nk = 6\\\n 7\n'],
  ["sections of one name", "x = 0\n[s]\nk = 1\n[s]\nk = 2\n[DEFAULT]\nx = 1\n"],
  ["quotes", 'a = \'v\'\nb = "v w"\nc = `v#w` x\nd = """v"w"""\ne = " v "\n`f=g` : v\n"h i" = v\n'],
  ["white space", "\ufeffa =\u00a0v\u2003\r\n  b=w\r\n; c\r\n; d\r\nc = x\r\n"],
  ["continuation", "a = v \\\n  w # x\nb = 'y\\\nz'\nc = x\\\n\nd = y\n"],
  [
    "clear values",
    "[a_unencrypted]\n; c\nk = v # w\n[b]\nk_unencrypted = v ; c\n; d\n; e\nl_unencrypted = w\n",
  ],
  ["no final line feed", "[s]\nk = v"],
];

describe.skipIf(realSops === null)("ini: against the real sops", () => {
  it.each(TRAPS)("reads and writes as sops does: %s", async (_, source) => {
    const judged = await judge(iniFormat, ".ini", utf8(source));
    expect(text(judged.oursOpened)).toBe(text(judged.theirsOpened));
    expect(text(iniFormat.emit(iniFormat.parsePlain(utf8(source)).tree))).toBe(text(judged.theirsOpened));
  });

  it.each(Array.from({ length: 12 }, (_, i) => i))("the same for a generated file (%i)", async (seed) => {
    const plain = utf8(iniDocument(new Random(seed)));
    const judged = await judge(iniFormat, ".ini", plain);
    expect(text(judged.oursOpened)).toBe(text(judged.theirsOpened));
    expect(text(iniFormat.emit(iniFormat.parsePlain(plain).tree))).toBe(text(judged.theirsOpened));
  });

  it("lays a sealed tree out as sops does, but for the order of the block", async () => {
    const { theirs } = await judge(iniFormat, ".ini", utf8("a = 1\n[s]\n; c\nlong = x\nk = y\n"));
    const source = iniFormat.parseSealed(theirs);
    const ours = text(iniFormat.emitSealed(source.tree, source.metadata));
    expect(ours.split("\n").sort()).toEqual(text(theirs).split("\n").sort());
    expect(ours.split("[sops]")[0]).toBe(text(theirs).split("[sops]")[0]);
  });
});
