import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { entry, list, map, type MapNode, type Node, str } from "../../../src/core/model/tree.ts";
import { decrypt } from "../../../src/ops/decrypt.ts";
import { enc } from "../../support/cli.ts";
import { IDENTITY, testContext } from "../../support/context.ts";
import {
  broken,
  type Judged,
  judgeSealed,
  type LawFormat,
  type LawVerdict,
  orError,
  skipped,
} from "./world.ts";
import { SopsError } from "../../../src/core/base/errors.ts";

/** What an editor does to the text in the file `$1`, and what that does to the data. */
interface Edit {
  readonly script: string;
  readonly onTree: (root: MapNode) => MapNode;
}

/** `enc edit` with a script as the editor, which changes a value or adds one. */
export async function judgeEdit(judged: Judged): Promise<LawVerdict> {
  const { format, ignoreMac, name, r } = judged.world;
  const formats = { input: format, output: format };
  const plain = await orError(async () =>
    decrypt(judged.sealed, formats, { ignoreMac }, await testContext()),
  );
  if (plain instanceof SopsError) return skipped("there is no text");
  const text = new TextDecoder().decode(plain);
  const edit = r.chance(0.5) && !STARTS_EMPTY.test(text) ? ADDED[name] : changed(judged, text);
  if (edit === null) return skipped("nothing to change");
  const { after, stderr } = await edited(judged, edit.script);
  const [root = map([]), ...others] = judged.data.documents;
  if (after !== null)
    return judgeSealed(judged, `edit (${edit.script})`, after, { documents: [edit.onTree(root), ...others] });
  if (stderr.includes("not written:")) return broken(`edit: ${stderr}`, judged.sealed);
  return { outcome: "refused", what: stderr.replace(/^.*?: /, "").split("\n")[0] ?? "" };
}

async function edited(
  { world, sealed }: Judged,
  script: string,
): Promise<{ readonly after: Uint8Array | null; readonly stderr: string }> {
  const { dir, file, ignoreMac, name } = world;
  const editor = `${file}.sh`;
  await writeFile(file, sealed);
  await writeFile(editor, `#!/bin/sh\n${script}\n`);
  await chmod(editor, 0o700);
  const types = ["--input-type", name, "--output-type", name, ...(ignoreMac ? ["--ignore-mac"] : [])];
  const env = { SOPS_AGE_KEY: IDENTITY, EDITOR: editor, PATH: process.env["PATH"] ?? "", TMPDIR: dir };
  const { code, stderr } = await enc(["edit", ...types, file], { cwd: dir, env });
  await rm(editor);
  return { after: code === 0 ? await readFile(file) : null, stderr };
}

const first = (command: string): string => `{ ${command}; } > "$1.new" && cat "$1.new" > "$1" && rm "$1.new"`;
const addFirst = (root: MapNode): MapNode => map([entry("added", str("x y")), ...root.entries]);

/** A document without content would be one with, and the next one another. */
const STARTS_EMPTY = /^(?:---\r?\n)?(?:[ \t]*(?:#.*)?\r?\n)*---/;

/** In YAML the first line may be the one that starts the document. */
const ADDED: Readonly<Record<LawFormat, Edit>> = {
  yaml: {
    script: first(`sed -n '1{/^---/p}' "$1"; echo 'added: "x y"'; sed '1{/^---/d}' "$1"`),
    onTree: addFirst,
  },
  json: { script: first(`sed '1s/{/{"added":"x y",/' "$1"`), onTree: addFirst },
  dotenv: { script: first(`echo 'added=x y'; cat "$1"`), onTree: addFirst },
  ini: {
    script: `printf '\\n[added]\\nk = x y\\n' >> "$1"`,
    onTree: (root) => map([...root.entries, entry("added", map([entry("k", str("x y"))]))]),
  },
};

/** A value that is one word and stands once in the text; it may be read at several places, by an alias. */
function changed({ data, world }: Judged, plain: string): Edit | null {
  const words: string[] = [];
  const collect = (node: Node): void => {
    if (node.type === "list") for (const item of node.items) if (item.type !== "comment") collect(item);
    if (node.type === "map")
      for (const item of node.entries)
        if (item.type === "entry" && item.value.type !== "comment") collect(item.value);
    if (node.type === "leaf" && node.value.kind === "str") words.push(node.value.value);
  };
  collect(data.documents[0] ?? map([]));
  const clear = words.filter((word) => /^[A-Za-z]{2}\w{2,}$/.test(word) && plain.split(word).length === 2);
  const word = clear[world.r.int(clear.length)];
  if (word === undefined) return null;
  return {
    script: first(`sed 's/${word}/${word}_1x/' "$1"`),
    onTree: (root) =>
      map(root.entries.map((e) => (e.type === "entry" ? entry(e.key, replaced(e.value as Node, word)) : e))),
  };
}

function replaced(node: Node, word: string): Node {
  if (node.type === "map")
    return map(
      node.entries.map((e) => (e.type === "entry" ? entry(e.key, replaced(e.value as Node, word)) : e)),
    );
  if (node.type === "list") return list(node.items.map((item) => replaced(item as Node, word)));
  return node.type === "leaf" && node.value.value === word ? str(`${word}_1x`) : node;
}
