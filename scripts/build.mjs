/**
 * Builds dist/: the command (enc.cjs), the two libraries (index, node) for ESM and CommonJS, their types, and the
 * licences of everything that is bundled. Nothing of it needs a package beside it.
 *
 * The command is one file: what it does not use is not evaluated, and one file starts 20 ms sooner than the 28 chunks
 * that a decrypt would load; only big packages that few commands need stand apart, in vendor/. The ESM libraries are
 * split, so that a web page loads only the formats that it uses, and both share one SopsError.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtins } from "./lib/builtins-plugin.mjs";
import { buildTypes } from "./lib/build-types.mjs";
import { licencesOf } from "./lib/licences.mjs";
import { vendors, vendorsApart } from "./lib/vendor-plugin.mjs";

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
  plugins: [builtins({ lazy: false })],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
};
const esm = { ...shared, format: "esm", splitting: true, chunkNames: "chunks/[name]-[hash]" };
const cjs = { ...shared, plugins: [vendorsApart], format: "cjs", outExtension: { ".js": ".cjs" } };
/** CommonJS: Node starts it 20 ms sooner than an ES module, whose loader it then need not load. */
const command = {
  ...shared,
  plugins: [builtins({ lazy: true }), vendorsApart],
  minifyIdentifiers: true,
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  entryPoints: { enc: "src/cli/bin.ts" },
};
const vendorFiles = Object.fromEntries(vendors.map((name) => [`vendor/${name}`, name]));
const libraries = { index: "src/index.ts", node: "src/node.ts" };

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}dist`);
const builds = await Promise.all([
  build(command),
  build({ ...esm, entryPoints: { ...libraries, ...vendorFiles } }),
  build({ ...cjs, entryPoints: libraries }),
]);
chmodSync(`${root}dist/enc.cjs`, 0o755);
await buildTypes(root, libraries);
const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, licencesOf(root, inputs));
