import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Writes enc(1) to `outdir`/man/enc.1, from the tables that --help is made of. */
export async function buildMan(root, outdir) {
  const outfile = `${root}build/run/man-page.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/man/page.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "warning",
  });
  const { manPage } = await import(pathToFileURL(outfile));
  mkdirSync(`${root}${outdir}/man`, { recursive: true });
  writeFileSync(`${root}${outdir}/man/enc.1`, await manPage());
  rmSync(outfile);
}
