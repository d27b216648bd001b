import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const INTERNALS = "docs/internals/";
const PAGES = ["format.md", "command-line.md", "hints.md", "traps.md"] as const;

/** `format.md 6.2`, `format.md 2.2 and 6.3`, `format.md 2 to 4`, `format.md 4, rules 4 and 5`, `format.md 12, source 7`. */
const NUMBER = String.raw`\d+(?:\.\d+)*`;
const REFERENCE = new RegExp(
  String.raw`\b(${PAGES.map((page) => page.replace(".", "\\.")).join("|")}) ` +
    String.raw`(${NUMBER}(?:(?:, | and | to )${NUMBER})*)(?:, (?:rules?|source) (\d+(?:(?:, | and )\d+)*))?`,
  "g",
);
/** A section of another document is named with that document: an RFC, the YAML specification, a licence. */
const STRAY =
  /(?<!RFC \d{4},? |YAML 1\.\d |License 2\.0, )\b(?:cli spec\b|spec(?:ification)? (?:sections? )?\d|traps? \d|design section|sections? \d)/gi;

const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .map((name) => folder + name.replaceAll("\\", "/"))
    .filter((name) => ending.test(name));
}

/** A text in one line, so that a reference may stand on two lines of a comment. */
const unwrapped = (text: string): string => text.replace(/\n\s*(?:\*|\/\/|#)?\s*/g, " ");

/** Each number of a page's headings with the text below it. */
const sections = new Map<string, ReadonlyMap<string, string>>(
  PAGES.map((page) => {
    const parts = read(INTERNALS + page)
      .split(new RegExp(String.raw`^#{2,3} (?=${NUMBER}\.? )`, "m"))
      .slice(1);
    return [page, new Map(parts.map((part) => [new RegExp(NUMBER).exec(part)?.[0] ?? "", part]))];
  }),
);

const numbersIn = (list: string): readonly string[] => list.match(new RegExp(NUMBER, "g")) ?? [];

/** The references of a text that lead nowhere: no such heading, or no such rule below it. */
function dangling(text: string): string[] {
  return [...unwrapped(text).matchAll(REFERENCE)].flatMap(([all, page = "", numbers = "", rules = ""]) => {
    const found = numbersIn(numbers).map((number) => sections.get(page)?.get(number));
    const last = found.at(-1) ?? "";
    const hasRules = numbersIn(rules).every((n) => new RegExp(String.raw`^(?:\| )?${n}[. ]`, "m").test(last));
    return found.includes(undefined) || !hasRules ? [all] : [];
  });
}

const code = [
  ...filesIn("src/", /\.ts$/),
  ...filesIn("test/", /\.(?:ts|mjs|txt|py)$/),
  ...filesIn("scripts/", /\.mjs$/),
].filter((name) => !name.startsWith("test/docs/references"));
const pages = [...filesIn(INTERNALS, /\.md$/), "CONTRIBUTING.md"];

const each = (names: readonly string[], find: (text: string) => readonly string[]): string[] =>
  names.flatMap((name) => find(read(name)).map((wrong) => `${name}: ${wrong}`));

describe("references to docs/internals", () => {
  it("finds the references that it judges", () => {
    const all = code.flatMap((name) => unwrapped(read(name)).match(REFERENCE) ?? []);
    expect(all.length).toBeGreaterThan(120);
    expect(new Set(all.map((reference) => reference.split(" ")[0])).size).toBe(PAGES.length);
  });

  it("would see one that leads nowhere, also over two lines", () => {
    const text =
      "format.md 6.2, format.md 6.9, format.md 2.2 and 99, format.md 4, rule 5, format.md 4, rule 99, a\n * traps.md\n * 998";
    expect(dangling(text)).toEqual([
      "format.md 6.9",
      "format.md 2.2 and 99",
      "format.md 4, rule 99",
      "traps.md 998",
    ]);
  });

  it("resolve to a heading in comments and in the pages themselves", () => {
    expect(each([...code, ...pages, "SECURITY.md"], dangling)).toEqual([]);
  });

  it("have one form: no section of a document that is not named", () => {
    expect(each(code, (text) => unwrapped(text).match(STRAY) ?? [])).toEqual([]);
  });
});

describe("docs/internals", () => {
  it("numbers each section once, and names its own sections rightly", () => {
    for (const page of PAGES) {
      const text = read(INTERNALS + page);
      const headings = text.match(new RegExp(String.raw`^#{2,3} ${NUMBER}`, "gm")) ?? [];
      expect(new Set(headings).size, page).toBe(headings.length);
      const own = [...unwrapped(text).matchAll(new RegExp(String.raw`\bsections? (${NUMBER})`, "g"))];
      const wrong = own.filter(([, number = ""]) => sections.get(page)?.has(number) !== true);
      expect(wrong.map(([reference]) => reference)).toEqual([]);
    }
  });

  it("names only files that are there", () => {
    const wrong = each(pages, (text) =>
      [...text.matchAll(/`((?:src|test|scripts|docs|fixtures)\/[\w./-]+)`/g)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(new URL(path, ROOT))),
    );
    expect(wrong).toEqual([]);
  });

  it("names only words of the code that the file beside them has", () => {
    const named = pages.flatMap((name) => [...read(name).matchAll(/`(\w+)` in `(src\/[\w./-]+\.ts)`/g)]);
    expect(named.length).toBeGreaterThan(40);
    const wrong = named.filter(
      ([, word = "", path = ""]) => !new RegExp(String.raw`\b${word}\b`).test(read(path)),
    );
    expect(wrong.map(([text]) => text)).toEqual([]);
  });

  it("links only to pages that are there", () => {
    const wrong = pages.flatMap((name) =>
      [...read(name).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(new URL(path, new URL(name, ROOT))))
        .map((path) => `${name}: ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  it("stays in the reach of CONTRIBUTING.md", () => {
    const linked = read("CONTRIBUTING.md");
    const missing = [...PAGES, "glossary.md", "decisions"].filter(
      (page) => !linked.includes(INTERNALS + page),
    );
    expect(missing).toEqual([]);
  });

  it("has a line in CONTRIBUTING.md for each folder of src", () => {
    const folders = readdirSync(fileURLToPath(new URL("src/", ROOT)), { withFileTypes: true })
      .filter((item) => item.isDirectory())
      .map(({ name }) => `| \`src/${name}\` `);
    expect(folders.filter((row) => !read("CONTRIBUTING.md").includes(row))).toEqual([]);
  });
});
