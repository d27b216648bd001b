/**
 * Builds dist/: the command (enc.cjs and enc/), the two libraries (index, node) for ESM and CommonJS, their types, the
 * SDKs of the key providers (vendor/), and the licences of everything that is bundled. Nothing of it needs a package
 * beside it.
 *
 * The ESM libraries are split, so that a web page loads only the formats that it uses, and both share one SopsError.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtins } from "./lib/builtins-plugin.mjs";
import { buildTypes } from "./lib/build-types.mjs";
import { buildCommonJs } from "./lib/common-js.mjs";
import { licencesOf } from "./lib/licences.mjs";
import { buildSdks, sdksApart } from "./lib/sdks.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** "neutral" also for Node: the condition "node" of packages leads to their CommonJS, which cannot be shaken or split. */
const shared = {
  absWorkingDir: root,
  outdir: "dist",
  bundle: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  minifySyntax: true,
  minifyWhitespace: true,
  external: ["node:*"],
  plugins: [builtins],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};
const libraries = { index: "src/index.ts", node: "src/node.ts" };
const chunks = "chunks";
const esm = {
  ...shared,
  entryPoints: libraries,
  format: "esm",
  splitting: true,
  chunkNames: `${chunks}/[name]-[hash]`,
  plugins: [builtins, sdksApart(chunks)],
};
/**
 * CommonJS: Node starts it 20 ms sooner than an ES module, whose loader it then need not load. V8 reads every byte of a
 * file that it loads, 4 ms for 100 kB, and each file costs half a millisecond: so enc.cjs holds what opening a file with
 * an age key needs, and no more.
 */
const command = {
  entries: { enc: "src/cli/bin.ts" },
  together: {
    enc: [
      "src/cli/bin.ts",
      "src/cli/commands/decrypt.ts",
      "src/providers/age.ts",
      "src/node/host.ts",
      "src/node/primitives.ts",
      "src/core/tree-equal.ts",
      "src/formats/edits.ts",
    ],
    yaml: ["src/formats/yaml/index.ts"],
    json: ["src/formats/json/index.ts"],
  },
  folder: "enc",
};

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}dist`);
const inputs = await Promise.all([
  buildCommonJs(root, shared, command),
  buildCommonJs(root, shared, { entries: libraries, folder: chunks }),
  buildSdks(root, shared),
  build(esm).then(({ metafile }) => Object.keys(metafile.inputs)),
]);
chmodSync(`${root}dist/enc.cjs`, 0o755);
await buildTypes(root, libraries);
writeFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, licencesOf(root, inputs.flat()));
