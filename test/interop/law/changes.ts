import { readFile } from "node:fs/promises";
import { SopsError } from "../../../src/core/base/errors.ts";
import { formatTreePath, parseTreePath } from "../../../src/core/model/path.ts";
import { setAt, unsetAt } from "../../../src/core/model/tree-edit.ts";
import { map, type Tree } from "../../../src/core/model/tree.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { openFile } from "../../../src/ops/open.ts";
import { rotate } from "../../../src/ops/rotate.ts";
import { set, unset } from "../../../src/ops/set.ts";
import { parseSetValue } from "../../../src/ops/set-value.ts";
import { testContext } from "../../support/context.ts";
import { anyPath, pathToSet, trapValue } from "./values.ts";
import { askSops, type Judged, judgeSealed, type LawVerdict, orError, skipped, sopsData } from "./world.ts";

/** `rotate` gives other ciphertexts and the same data. */
export async function judgeRotate(judged: Judged): Promise<LawVerdict> {
  const { format, ignoreMac } = judged.world;
  const formats = { input: format, output: format };
  const after = await orError(async () =>
    rotate(judged.sealed, formats, { add: [], remove: [] }, { ignoreMac }, await testContext()),
  );
  return judgeSealed(judged, "rotate", after, judged.data);
}

/** `set` of any node, or of a new key, gives what `sops set` gives. */
export async function judgeSet(judged: Judged): Promise<LawVerdict> {
  const { format, name, ignoreMac, r } = judged.world;
  const root = await openedRoot(judged);
  const path = pathToSet(name, root, r);
  const value = trapValue(name, r);
  const formats = { input: format, output: format };
  const after = await orError(
    async () => (await set(judged.sealed, formats, path, value, { ignoreMac }, await testContext())).bytes,
  );
  const node = parseSetValue(value, await loadFormat("json"), format);
  const own = (tree: Tree): Tree => withRoot(tree, (m) => setAt(m, parseTreePath(path), node));
  return judgeChange(judged, ["set", path, value], after, own);
}

/** `unset` of any node gives what `sops unset` gives. */
export async function judgeUnset(judged: Judged): Promise<LawVerdict> {
  const { format, ignoreMac, r } = judged.world;
  const parts = anyPath(await openedRoot(judged), r);
  if (parts === null) return skipped("nothing to remove");
  const path = formatTreePath(parts);
  const formats = { input: format, output: format };
  const after = await orError(
    async () => (await unset(judged.sealed, formats, path, { ignoreMac }, await testContext())).bytes,
  );
  return judgeChange(judged, ["unset", path], after, (tree) => withRoot(tree, (m) => unsetAt(m, parts)));
}

/** Where sops itself does not do it, or makes what it cannot read, the tree says what is right; not within lists, whose comments it lacks. */
async function judgeChange(
  judged: Judged,
  [command, path, ...value]: [string, string, ...string[]],
  after: Uint8Array | SopsError,
  own: (tree: Tree) => Tree,
): Promise<LawVerdict> {
  const { world, sealed, data } = judged;
  const what = `${command} ${path} ${value.join("")}`;
  const done = await askSops(world, sealed, [command], [path, ...value]);
  const theirs =
    done === null ? null : await sopsData({ ...world, ignoreMac: false }, await readFile(world.file));
  if (theirs !== null) return judgeSealed(judged, what, after, theirs);
  if (parseTreePath(path).some((part) => typeof part === "number")) return skipped("sops does not do it");
  const wanted = await orError(() => Promise.resolve().then(() => own(data)));
  return wanted instanceof SopsError
    ? skipped("it cannot be done")
    : judgeSealed(judged, what, after, wanted);
}

function withRoot(
  { documents: [root, ...others] }: Tree,
  change: (root: ReturnType<typeof map>) => ReturnType<typeof map>,
): Tree {
  return { documents: [change(root ?? map([])), ...others] };
}

/** The first document with its comments, which list positions count. */
export async function openedRoot({ world, sealed }: Judged): Promise<ReturnType<typeof map>> {
  const settings = { ignoreMac: world.ignoreMac };
  const { document } = await openFile(sealed, world.format, settings, await testContext());
  return document.tree.documents[0] ?? map([]);
}
