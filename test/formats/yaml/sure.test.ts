import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import type { SealedText, Site } from "../../../src/core/model/format.ts";
import type { Composed } from "../../../src/formats/yaml/compose/compose.ts";
import { firstPlaces, misread, type Content } from "../../../src/formats/yaml/seal/find-place.ts";
import { readYaml } from "../../../src/formats/yaml/compose/read.ts";
import { sealScalar } from "../../../src/formats/yaml/seal/seal-scalar.ts";
import type { Edit } from "../../../src/formats/edits.ts";
import { placedSurely, staysInLine } from "../../../src/formats/yaml/seal/fast-path.ts";
import { Random } from "../../support/generate/random.ts";
import { yamlDocument } from "../../support/generate/yaml.ts";
import { sitesOf } from "./fake-sealer.ts";

const SEALED = `ENC[AES256_GCM,data:${"d".repeat(600)},iv:aQ==,tag:dA==,type:str]`;

/** The content with every leaf and comment sealed; null: this document is not one of the simple ones. */
function surely(source: Composed): Content | null {
  const { text } = source.stream;
  const sites = new Map<Site, SealedText>();
  const edits: Edit[] = [];
  let inLine = placedSurely(source);
  for (const { site } of sitesOf(source.tree)) {
    sites.set(site, { text: SEALED });
    if (site.type === "comment") {
      if (site.span !== undefined) edits.push({ ...site.span, text: SEALED });
      continue;
    }
    const node = source.written.get(site);
    if (node?.kind !== "scalar") continue;
    const sealed = sealScalar(text, node, site.value, { text: SEALED }, "\n");
    inLine &&= staysInLine(text, node, sealed.edits);
    edits.push(...sealed.edits);
  }
  return inLine ? { source, sites, edits, eol: "\n", mayLoseAll: false } : null;
}

function read(text: string): Composed | null {
  try {
    return readYaml(utf8(text));
  } catch {
    return null;
  }
}

/** Lines that make up small documents in which the place of a comment is in question. */
const LINES: readonly [string, ...string[]] = [
  "# c",
  "  # c",
  "    # c",
  "",
  "a: x",
  "b:",
  "c: 'q'",
  "  d: y",
  "  e:",
  "    f: z",
  "- i",
  "  - j",
  "  - k: v",
  "    l: w",
  "g: &n x",
  "h: !t x",
  "m: w # c",
  "o: x",
  "p: 1",
];

function lines(random: Random): string {
  return random.times(1, 12, () => `${random.pick(LINES)}\n`).join("");
}

describe("what is taken for sure without reading the sealed text", () => {
  it.each([
    ["generated documents", yamlDocument, 1500, 50],
    ["lines in any order", lines, 30_000, 350],
  ] as const)("%s: reading it agrees", (_, make, runs, least) => {
    const random = new Random(20_261_124);
    let sure = 0;
    for (let i = 0; i < runs; i++) {
      const text = make(random);
      const source = read(text);
      const content = source === null ? null : surely(source);
      if (content === null) continue;
      sure++;
      expect(misread(content, firstPlaces(content) ?? []), text).toEqual([]);
    }
    expect(sure).toBeGreaterThan(least);
  });

  it.each([
    ["a comment below the last value", "a: x\n# c\n"],
    ["a comment on the line of a value", "a: x # c\nb: y\n"],
    ["no line break at the end", "a: x"],
    ["a block scalar", "a: |\n  x\nb: y\n"],
    ["a value in a flow", "a: [x]\nb: y\n"],
    ["a value on two lines", "a: x\n  y\nb: z\n"],
    ["an alias", "a: &x y\nb: *x\n"],
    ["two documents", "a: x\n---\nb: y\n"],
    ["an indented top level", "  a: x\n"],
    ["a last key without a value", "a: x\nb:\n"],
  ])("not sure: %s", (_, text) => {
    const source = read(text);
    expect(source === null ? "unreadable" : surely(source)).toBeNull();
  });
});
