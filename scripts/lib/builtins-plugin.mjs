import { builtinModules } from "node:module";

const names = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * esbuild plugin: `require("node:fs")` in a CommonJS package that lands in an ESM file. There is no `require` there;
 * `process.getBuiltinModule` (Node 20.16 on) answers the same object, and only when it is asked for.
 */
export const builtinsForBundle = {
  name: "builtins-for-bundle",
  setup(build) {
    if (build.initialOptions.format !== "esm") return;
    build.onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, kind }) =>
      kind === "require-call" && names.has(path) ? { path, namespace: "builtin" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};
