import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";

/**
 * What keeps SDKs from being bundled once more, by whoever uses this package. Bundlers follow what they find in the text:
 * the AMD branch of a UMD module, the require of a package that its authors do without, a require that in an ES module
 * is none. Of all this nothing is shipped; `refuseLoose` looks.
 */

/** Packages that are used where they are installed. Nothing is installed beside this package: they never are. */
const ABSENT = /^(?:pg-native|supports-color)$/;

/** No module is AMD here; and a folder of ours holds no files that an SDK reads beside its own. */
export const noLoaders = { define: "undefined", __dirname: '"."', __filename: '"sdk.js"' };

/** esbuild plugin: a package that is absent, as for a require in `try`. */
export const absent = {
  name: "absent",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: ABSENT }, ({ path }) => ({ path, namespace: "absent" }));
    onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${JSON.stringify(`there is no ${path}`)}), { code: "MODULE_NOT_FOUND" });`,
    }));
  },
};

/** esbuild plugin: moment asks for the file of a language by its name. None is shipped, and it goes on without. */
export const noLocales = {
  name: "no-locales",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]moment[\\/](?:dist[\\/])?moment\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("aliasedRequire = require;")) throw new Error(`${path} has no aliasedRequire`);
      return { contents: text.replace("aliasedRequire = require;", "") };
    });
  },
};

/** esbuild plugin: Google's message classes ask whether there is a require. There is, until there is an ES module. */
export const noUmd = {
  name: "no-umd",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]protos[\\/][\w-]+\.c?js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/typeof require\b/g, '"function"'),
    }));
  },
};

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/** esbuild plugin for ES modules, which have no require: one of Node's modules is imported for all of the file. */
export const imported = {
  name: "imported",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z\d:_/]+$/ }, ({ path, kind }) =>
      kind === "require-call" && builtins.has(path)
        ? { path: path.replace(/^node:/, ""), namespace: "imported" }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: "imported" }, ({ path }) => ({
      contents: `import module_ from ${JSON.stringify(`node:${path}`)}; module.exports = module_;`,
    }));
  },
};

/** Throws for a bundle that still holds what another bundler would stumble over. `outputs`: of the metafile. */
export function refuseLoose(outputs, read) {
  for (const [path, { imports }] of Object.entries(outputs)) {
    const foreign = imports.filter((each) => each.external && !builtins.has(each.path));
    const loose = LOOSE.exec(read(path))?.[0] ?? foreign[0]?.path;
    if (loose !== undefined) throw new Error(`${path} holds ${loose}: see scripts/lib/self-contained.mjs`);
  }
}

const LOOSE =
  /\btypeof require\b|\bdefine\.amd\b|\brequire\.(?:apply|resolve|cache)\b|\beval\(|=\s*require\b(?!\()|\b__(?:dir|file)name\b/;
