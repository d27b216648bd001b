import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/**
 * Declarations of the libraries, `{ name: source }`, as dist/<name>.d.ts and dist/<name>.d.cts: a CommonJS importer needs
 * declarations that are CommonJS themselves. What both share is declared once, so that a SopsError of one is a SopsError
 * of the other.
 */
export async function buildTypes(root, libraries) {
  const tree = `${root}build/types`;
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  emitDeclarations(root, tree, Object.values(libraries));
  const bundle = await rollup({
    input: Object.fromEntries(Object.keys(libraries).map((name) => [name, `${tree}/${name}.d.ts`])),
    plugins: [dts({ compilerOptions: { allowImportingTsExtensions: true, noEmit: true } })],
    external: [/^node:/],
    onwarn: refuse,
  });
  // A private field makes the class of the ESM types another one than that of the CommonJS types.
  const open = { name: "no-private-fields", renderChunk: (code) => code.replaceAll(/^\s*#private;\n/gm, "") };
  for (const extension of ["d.ts", "d.cts"])
    await bundle.write({
      dir: `${root}dist`,
      format: "es",
      plugins: [open],
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `types/[name].${extension}`,
    });
}

function refuse(warning) {
  throw new Error(warning.message);
}

function emitDeclarations(root, tree, files) {
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: "../../src",
      outDir: ".",
      // A type check that has seen the same sources would leave nothing to emit.
      incremental: false,
    },
    include: ["../../src/**/*.d.ts"],
    files: files.map((file) => `../../${file}`),
  };
  writeFileSync(`${tree}/tsconfig.json`, JSON.stringify(config));
  const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", tree], {
    stdio: "inherit",
  });
  if (tsc.status !== 0) throw new Error("the declarations could not be emitted");
}
