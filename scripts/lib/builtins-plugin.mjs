import { builtinModules } from "node:module";

const names = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * esbuild plugin: `require("node:fs")` of a CommonJS package, for an ESM file, where there is no `require`, by
 * `process.getBuiltinModule` (Node 20.16 on). commander requires child_process at its start, for subcommands that are
 * programs: enc has none, so that one is loaded when it is used.
 */
export const builtins = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, kind }) =>
      kind === "require-call" && names.has(path) ? { path, namespace: "builtin" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => {
      const module = `process.getBuiltinModule(${JSON.stringify(path)})`;
      const onUse = `new Proxy({}, { get: (_, name) => ${module}[name] })`;
      return { contents: `module.exports = ${path.endsWith("child_process") ? onUse : module};` };
    });
  },
};
