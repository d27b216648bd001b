import { builtinModules } from "node:module";

const names = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * esbuild plugin: Node's own modules by `process.getBuiltinModule` (Node 20.16 on).
 * - `require("node:fs")` in a CommonJS package: there is no `require` in an ESM file.
 * - With `lazy`, also `import ... from "node:crypto"`: esbuild would lift such imports of all commands to the top of a
 *   one-file bundle, and each costs its loading at every start. This way a module is loaded with the code that uses it.
 */
export function builtins({ lazy }) {
  return {
    name: "builtins",
    setup(build) {
      const kinds = new Set(lazy ? ["require-call", "import-statement"] : ["require-call"]);
      build.onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, kind }) => {
        if (!kinds.has(kind) || !names.has(path)) return undefined;
        return {
          path,
          namespace: path.endsWith("child_process") && kind === "require-call" ? "on-use" : "builtin",
        };
      });
      build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      }));
      // commander requires child_process at its start, for subcommands that are programs: enc has none.
      build.onLoad({ filter: /.*/, namespace: "on-use" }, ({ path }) => ({
        contents: `module.exports = new Proxy({}, { get: (_, name) => process.getBuiltinModule(${JSON.stringify(path)})[name] });`,
      }));
    },
  };
}
