import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { build } from "esbuild";
import { absent, imported, noLoaders, noLocales, noUmd, refuseLoose } from "./self-contained.mjs";

/** Where a folder may have an SDK; no two of its folders with one have the same name. */
const LAYERS = ["providers", "destinations", "node"];

/**
 * The SDKs of the key providers, and those of destinations and the audit. Each is reached by one module,
 * src/providers/NAME/sdk.ts, which hands on the few names that are used. It becomes vendor/NAME.cjs for the command and the
 * CommonJS library, and vendor/NAME.mjs for the ESM one: loaded when a key of that kind is used and not before.
 * They are found by that name: a new provider changes nothing here. That of a provider in src/providers/portable.ts is
 * for browsers too and no file of Node's: each build splits it off for itself.
 */
const SDK = new RegExp(`^(.*/)src/(?:${LAYERS.join("|")})/([\\w-]+)/sdk\\.ts$`);

function isPortable(root, name) {
  return readFileSync(`${root}src/providers/portable.ts`, "utf8").includes(`import("./${name}/index.ts")`);
}

/** The name of an SDK for Node by its path, else undefined. */
function nameOf(path) {
  const [, root, name] = SDK.exec(path.split(sep).join("/")) ?? [];
  return name === undefined || isPortable(root, name) ? undefined : name;
}

const EXTENSION = { cjs: ".cjs", esm: ".mjs" };

/** Bundles them as `format`. Answers the source files, relative to `root`. */
export async function buildSdks(root, options, format) {
  const sdks = LAYERS.flatMap((layer) =>
    readdirSync(`${root}src/${layer}`)
      .filter((name) => existsSync(`${root}src/${layer}/${name}/sdk.ts`) && !isPortable(root, name))
      .map((name) => [`vendor/${name}`, `src/${layer}/${name}/sdk.ts`]),
  );
  const { metafile } = await build({
    ...options,
    entryPoints: Object.fromEntries(sdks),
    minify: true,
    platform: "node",
    format,
    outExtension: { ".js": EXTENSION[format] },
    define: noLoaders,
    plugins: [absent, noLocales, noUmd, ...(format === "esm" ? [imported] : [])],
  });
  refuseLoose(metafile.outputs, (path) => readFileSync(`${root}${path}`, "utf8"));
  return Object.keys(metafile.inputs).filter((path) => !/^(?:absent|imported):/.test(path));
}

/** esbuild plugin for ESM: an SDK is not bundled. `folder`: that of the importing files. */
export function sdksApart(folder = "") {
  return {
    name: "sdks-apart",
    setup({ onResolve }) {
      onResolve({ filter: /\/sdk\.ts$/ }, ({ path, resolveDir, kind }) => {
        const name = kind === "dynamic-import" ? nameOf(join(resolveDir, path)) : undefined;
        const up = folder === "" ? "./" : "../";
        return name === undefined ? undefined : { path: `${up}vendor/${name}.mjs`, external: true };
      });
    },
  };
}

const MARK = "sops-ts-sdk:";

/** The same for Rollup, which splits: the way is written when it is known where the importing file lies. */
export function sdksApartInRollup() {
  return {
    name: "sdks-apart",
    resolveId(path, importer) {
      const name = importer === undefined ? undefined : nameOf(resolve(importer, "..", path));
      return name === undefined ? null : { id: MARK + name, external: true };
    },
    renderChunk(code, { fileName }) {
      const up = fileName.includes("/") ? "../" : "./";
      return code.replaceAll(new RegExp(`${MARK}([\\w-]+)`, "g"), `${up}vendor/$1.cjs`);
    },
  };
}
