import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { equalBytes, fromByteString, toByteString } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import { equalTrees } from "../../src/core/model/tree-equal.ts";
import {
  type Comment,
  entry,
  list,
  map,
  type MapNode,
  type Node,
  type Tree,
} from "../../src/core/model/tree.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { decrypt, encrypt } from "../../src/ops/library.ts";
import { dotenvDocument } from "../support/generate/dotenv.ts";
import { iniDocument } from "../support/generate/ini.ts";
import { jsonDocument } from "../support/generate/json.ts";
import { Random } from "../support/generate/random.ts";
import { yamlDocument } from "../support/generate/yaml.ts";
import { IDENTITY as TEST_IDENTITY, RECIPIENT as TEST_RECIPIENT } from "../support/context.ts";
import { runSops } from "../support/real-sops.ts";

export interface Difference {
  readonly what: string;
  readonly detail: string;
}

/** `refused`: both refuse the document. `stricter`: sops takes it and enc refuses it, with a named error. */
export interface Verdict {
  readonly outcome: "same" | "refused" | "stricter" | "different";
  readonly differences: readonly Difference[];
}

export type Generated = Exclude<FormatName, "binary"> | "binary";

const GENERATORS: Readonly<Record<Generated, (r: Random) => string>> = {
  yaml: yamlDocument,
  json: jsonDocument,
  dotenv: dotenvDocument,
  ini: iniDocument,
  binary: (r) => String.fromCharCode(...r.times(0, 200, () => r.int(256))),
};

export function generate(format: Generated, seed: number): Uint8Array {
  const text = GENERATORS[format](new Random(seed));
  return format === "binary" ? fromByteString(text) : new TextEncoder().encode(text);
}

/**
 * Judges one document: what enc seals sops opens to sops' own text, what sops seals enc opens to the same bytes as
 * sops does, and enc gives back its own input byte for byte.
 */
export async function judge(format: Generated, plain: Uint8Array, dir: string, id: string): Promise<Verdict> {
  const types = ["--input-type", format, "--output-type", format];
  const file = join(dir, `${id}.txt`);
  const env = { SOPS_AGE_KEY: TEST_IDENTITY };
  await writeFile(file, plain);
  const sealedBySops = await runSops(["encrypt", "--age", TEST_RECIPIENT, ...types, file], { cwd: dir, env });
  const sealedByEnc = await encOrError(() =>
    encrypt(plain, { format, recipients: [TEST_RECIPIENT], runtime: nodeRuntime }),
  );
  if (sealedBySops.code !== 0) return refusedBySops(sealedByEnc, sealedBySops.stderr);
  if (sealedByEnc instanceof SopsError)
    return verdict("stricter", [["enc refuses", `${sealedByEnc.code} ${sealedByEnc.message}`]]);

  const sealedFile = join(dir, `${id}.sealed`);
  await writeFile(sealedFile, sealedBySops.stdout);
  const own = await runSops(["decrypt", ...types, sealedFile], { cwd: dir, env });
  await writeFile(sealedFile, sealedByEnc);
  const theirs = await runSops(["decrypt", ...types, sealedFile], { cwd: dir, env });
  const ours = await openOrError(sealedBySops.stdout, format);
  const back = await openOrError(sealedByEnc, format);

  const found: [string, string][] = [];
  if (theirs.code !== 0) found.push(["sops cannot open what enc sealed", theirs.stderr.slice(0, 400)]);
  else if (own.code === 0 && !(await sameAsSops(format, own.stdout, theirs.stdout)))
    found.push(["sops opens other data from enc's file", show(own.stdout, theirs.stdout)]);
  // There are files that sops seals and then cannot open itself (docs/compat.md: -0.0 in clear).
  if (own.code !== 0 && !(ours instanceof SopsError))
    found.push(["enc opens what sops cannot open again", own.stderr.slice(0, 400)]);
  if (own.code === 0 && ours instanceof SopsError)
    found.push(["enc cannot open what sops sealed", `${ours.code} ${ours.message}`]);
  else if (own.code === 0 && !(ours instanceof SopsError) && !equalBytes(ours, own.stdout))
    found.push(["enc opens other text from sops' file", show(own.stdout, ours)]);
  if (back instanceof SopsError) found.push(["enc cannot open its own file", `${back.code} ${back.message}`]);
  else if (!equalBytes(back, plain)) found.push(["enc does not give its input back", show(plain, back)]);
  return verdict(found.length === 0 ? "same" : "different", found);
}

/**
 * Byte for byte, but for one defect of sops' printer: it drops the comments above a list element whose own map starts
 * with a comment, unless they are still sealed when it reads them (docs/compat.md). The data must be the same.
 */
async function sameAsSops(format: Generated, own: Uint8Array, theirs: Uint8Array): Promise<boolean> {
  if (equalBytes(own, theirs)) return true;
  if (format !== "yaml") return false;
  const yaml = await loadFormat("yaml");
  return equalTrees(
    withoutComments(yaml.parsePlain(own).tree),
    withoutComments(yaml.parsePlain(theirs).tree),
  );
}

function withoutComments(tree: Tree): Tree {
  const strip = (node: Node | Comment): Node | Comment => {
    if (node.type === "list") return list(node.items.filter((i) => i.type !== "comment").map(strip));
    return node.type === "map" ? stripMap(node) : node;
  };
  const stripMap = (node: MapNode): MapNode =>
    map(node.entries.flatMap((e) => (e.type === "entry" ? [entry(e.key, strip(e.value))] : [])));
  return { documents: tree.documents.map(stripMap) };
}

function refusedBySops(ours: Uint8Array | SopsError, stderr: string): Verdict {
  if (ours instanceof SopsError) return verdict("refused", []);
  return verdict("different", [["sops refuses what enc seals", stderr.slice(0, 300)]]);
}

function verdict(outcome: Verdict["outcome"], found: readonly [string, string][]): Verdict {
  return { outcome, differences: found.map(([what, detail]) => ({ what, detail })) };
}

function openOrError(sealed: Uint8Array, format: FormatName): Promise<Uint8Array | SopsError> {
  return encOrError(() => decrypt(sealed, { format, identities: [TEST_IDENTITY], runtime: nodeRuntime }));
}

async function encOrError(work: () => Promise<Uint8Array>): Promise<Uint8Array | SopsError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
}

function show(wanted: Uint8Array, got: Uint8Array): string {
  return `wanted ${JSON.stringify(toByteString(wanted))}\n   got ${JSON.stringify(toByteString(got))}`;
}
