/**
 * `node scripts/run-ts.mjs FILE.ts [ARG ...]`: bundles a program of the sources (Node 20 does not strip types) and runs it,
 * in the folder that npm was called in.
 */
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [, , entry = "", ...args] = process.argv;
const outfile = `${root}build/run/${basename(entry, ".ts")}.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: [entry],
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  outfile,
});
const run = spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit", cwd: process.env.INIT_CWD });
process.exitCode = run.status ?? 1;
