// `node scripts/run-ts.mjs FILE.ts [ARG ...]`: bundles a development program (Node 20 does not strip types) and runs it.
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { build } from "esbuild";

const [, , entry = "", ...args] = process.argv;
const outfile = `build/run/${basename(entry, ".ts")}.mjs`;
await build({
  entryPoints: [entry],
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  outfile,
});
process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1;
