/**
 * Builds dist/: the command (enc.cjs and enc/), the two libraries (index, node) for ESM and CommonJS, their types, the
 * SDKs of the key providers (vendor/), the man page (man/), and the licences of everything that is bundled. Nothing of it needs a package
 * beside it.
 *
 * The ESM libraries are split, so that a web page loads only the formats that it uses, and both share one SopsError.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildTypes } from "./lib/build-types.mjs";
import { buildCommand, shared } from "./lib/command.mjs";
import { buildCommonJs } from "./lib/common-js.mjs";
import { folders } from "./lib/folders.mjs";
import { licencesOf } from "./lib/licences.mjs";
import { buildMan } from "./lib/man.mjs";
import { buildSdks, sdksApart } from "./lib/sdks.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Whoever meets an error of a library sees the line that it came from: one of a few words, not of a whole file. */
const options = { ...shared(root, "dist"), minifyWhitespace: false };
const libraries = { index: "src/index.ts", node: "src/node.ts" };
const chunks = "chunks";
const esm = {
  ...options,
  entryPoints: libraries,
  format: "esm",
  splitting: true,
  chunkNames: `${chunks}/[name]-[hash]`,
  plugins: [...options.plugins, folders, sdksApart(chunks)],
};
rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}dist`);
const inputs = await Promise.all([
  buildCommand(root, "dist"),
  buildCommonJs(root, options, { entries: libraries, folder: chunks, lines: true }),
  buildSdks(root, options, "esm"),
  build(esm).then(({ metafile }) => Object.keys(metafile.inputs)),
]);
chmodSync(`${root}dist/enc.cjs`, 0o755);
await buildMan(root, "dist");
await buildTypes(root, libraries);
writeFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, licencesOf(root, inputs.flat()));
