import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** The command line as a program of its own, for tests that need a process: to be killed, to be signalled. */
export async function bundleCli(): Promise<{ readonly program: string; remove(): void }> {
  const dir = mkdtempSync(join(tmpdir(), "enc-bundle-"));
  await build({
    entryPoints: [join(import.meta.dirname, "../../src/cli/bin.ts")],
    outfile: join(dir, "bin.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    // commander is CommonJS and requires Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: "error",
  });
  return {
    program: join(dir, "bin.mjs"),
    remove: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
