import { build, type Metafile } from "esbuild";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The files of the package that are loaded at once with an entry point: what `import()` brings later is left out. */
function loadedWith(entry: string, { outputs }: Metafile): Set<string> {
  const start = Object.keys(outputs).find((name) => outputs[name]?.entryPoint?.endsWith(entry) === true);
  const files = new Set<string>();
  const waiting = [start ?? ""];
  const seen = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const file of Object.keys(outputs[name]?.inputs ?? {})) files.add(file);
    for (const { path, kind } of outputs[name]?.imports ?? [])
      if (kind === "import-statement") waiting.push(path);
  }
  return files;
}

test("an X25519 key loads no package: neither age-encryption nor pure JavaScript primitives", async () => {
  const src = join(import.meta.dirname, "../../../src");
  const { metafile } = await build({
    entryPoints: [join(src, "providers/age/index.ts"), join(src, "providers/age/sdk.ts")],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    outdir: "nowhere",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const packages = (entry: string): string[] =>
    [...loadedWith(entry, metafile)].filter((file) => file.includes("node_modules/"));
  expect([...loadedWith("providers/age/index.ts", metafile)].some((f) => f.endsWith("age/x25519.ts"))).toBe(
    true,
  );
  expect(packages("providers/age/index.ts")).toEqual([]);
  expect(packages("age/sdk.ts").some((file) => file.includes("node_modules/age-encryption/"))).toBe(true);
});
