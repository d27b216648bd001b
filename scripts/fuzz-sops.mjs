// Bundles the fuzzer (Node 20 does not strip types) and runs it with the given arguments.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";

await build({
  entryPoints: ["test/interop/fuzz.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  outfile: "build/fuzz-sops.mjs",
});
process.exitCode =
  spawnSync(process.execPath, ["build/fuzz-sops.mjs", ...process.argv.slice(2)], { stdio: "inherit" })
    .status ?? 1;
