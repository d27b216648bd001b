import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import { withFolders } from "./folders.mjs";
import { sdksApartInRollup } from "./sdks.mjs";

/**
 * Builds CommonJS files that share what they have in common: NAME.cjs for each entry (`{ NAME: source }`), and what
 * is imported on its own, or by several of them, in `folder`. `together` (`{ NAME: sources }`) says what must be one
 * file: these modules and all that they import, unless an earlier one has it. `first`: what each entry runs before all
 * else. `lines`: they are kept, for who reads a stack of it. Answers the source files, relative to `root`. It is Rollup
 * that splits, as esbuild splits only ESM and cannot be told where.
 */
export async function buildCommonJs(root, options, { entries, together = {}, folder, first, lines = false }) {
  const inputs = new Set();
  const files = Object.values(entries).map((file) => root + file);
  const bundle = await rollup({
    input: absolute(root, entries),
    plugins: [sdksApartInRollup(), typescript(inputs), packages(options, inputs)],
    external: /^node:/,
    treeshake: { moduleSideEffects: (id) => files.includes(id) },
    onwarn: refuse,
  });
  await bundle.write({
    dir: root + options.outdir,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: (chunk) => `${folder}/${nameOf(chunk)}.cjs`,
    manualChunks: absolute(root, together),
    dynamicImportInCjs: false,
    // Work at the start for the sake of cycles and default imports that are not there.
    interop: "esModule",
    externalLiveBindings: false,
    freeze: false,
    ...(first === undefined ? {} : { banner: ({ isEntry }) => (isEntry ? `"use strict";${first}` : "") }),
    plugins: [minified(lines)],
  });
  await bundle.close();
  return [...inputs].map((path) => relative(root, path));
}

/** What is in a folder's index.ts has the name of the folder. */
function nameOf({ name, moduleIds }) {
  const folder = /src\/.+\/([\w-]+)\/index\.ts$/.exec(moduleIds.at(-1))?.[1];
  return name === "index" && folder !== undefined ? folder : "[name]";
}

function absolute(root, lists) {
  const all = Object.entries(lists);
  return Object.fromEntries(
    all.map(([name, files]) => [name, Array.isArray(files) ? files.map((f) => root + f) : root + files]),
  );
}

function refuse(warning) {
  throw new Error(warning.message);
}

function typescript(inputs) {
  return {
    name: "typescript",
    async load(id) {
      if (!id.endsWith(".ts")) return null;
      inputs.add(id);
      const { code } = await transform(readFileSync(id, "utf8"), { loader: "ts", target: "es2022" });
      return withFolders(code, id);
    },
  };
}

/** A package becomes one module, whatever it is made of. */
function packages(options, inputs) {
  const prefix = "package:";
  return {
    name: "packages",
    resolveId: (id) => (/^(?:@[\w-]+\/)?[\w-]+(?:\/[\w./-]+)?$/.test(id) ? prefix + id : null),
    async load(id) {
      if (!id.startsWith(prefix)) return null;
      const entryPoints = [id.slice(prefix.length)];
      const built = await build({ ...options, entryPoints, format: "esm", write: false });
      for (const path of Object.keys(built.metafile.inputs)) inputs.add(options.absWorkingDir + path);
      return built.outputFiles[0].text;
    },
  };
}

const minified = (lines) => ({
  name: "minified",
  async renderChunk(code) {
    const how = lines ? { minifySyntax: true } : { minify: true };
    return {
      code: (await transform(code, { ...how, target: "es2022", legalComments: "none" })).code,
      map: null,
    };
  },
});
