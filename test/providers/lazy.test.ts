import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "src/providers");

/** What a provider may import for itself: small, pure, and no SDK. */
const LIGHT = /^(?:@noble\/|age-encryption$|yaml$)/;

const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(sep).join("/"))
  .filter((file) => file.endsWith(".ts"));
const isSdk = (file: string): boolean => /^[\w-]+\/sdk\.ts$/.test(file);

/** Loads every provider, and uses all of it that needs no key and no call. */
const USE = `
  import { nodeProviders } from "./src/providers/index.ts";
  import { KEY_TYPES } from "./src/key-types/index.ts";
  const host = { platform: "linux", env: () => undefined, homeDir: () => undefined };
  const providers = nodeProviders();
  await providers.load();
  for (const { type, metadata: { fields } } of KEY_TYPES) {
    const provider = providers.get(type);
    const ref = { type, fields: Object.fromEntries(fields.map((name) => [name, "x"])) };
    console.log(type, provider.fields.length, typeof provider.identity(ref), provider.effort(ref, host));
  }`;
const LOAD_SDKS = (names: readonly string[]): string =>
  names.map((name) => `await import(${JSON.stringify(`./src/providers/${name}`)});`).join("\n");

/** Puts a line of output in the place of every SDK. */
const sdksThatTell: Plugin = {
  name: "sdks-that-tell",
  setup(bundling) {
    bundling.onLoad({ filter: /providers[/\\][\w-]+[/\\]sdk\.ts$/ }, () => ({
      contents: `console.log("SDK loaded");`,
    }));
  },
};

describe("the SDKs of the providers", () => {
  let dir = "";
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "sops-ts-lazy-"));
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  async function outputOf(contents: string): Promise<string> {
    const outfile = join(dir, "use.mjs");
    await build({
      stdin: { contents, resolveDir: root, loader: "ts" },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      plugins: [sdksThatTell],
    });
    return execFileSync(process.execPath, [outfile], { encoding: "utf8" });
  }

  it("are not loaded to list and to name keys of every type", async () => {
    const output = await outputOf(USE);
    expect(output).toMatch(/^age 2 string silent$/m);
    expect(output).not.toContain("SDK loaded");
  });

  it("would be seen", async () => {
    const sdks = files.filter(isSdk);
    expect((await outputOf(LOAD_SDKS(sdks))).match(/SDK loaded/g) ?? []).toHaveLength(sdks.length);
  });

  it("are out of the reach of the portable entry", async () => {
    const { metafile } = await build({
      entryPoints: [join(root, "src/index.ts")],
      bundle: true,
      write: false,
      platform: "neutral",
      mainFields: ["module", "main"],
      metafile: true,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.some((path) => path.endsWith("providers/age/index.ts"))).toBe(true);
    const portable = readFileSync(join(folder, "portable.ts"), "utf8");
    const sdks = inputs.flatMap((path) => /providers\/([\w-]+)\/sdk\.ts$/.exec(path)?.[1] ?? []);
    expect(sdks.filter((name) => !portable.includes(`import("./${name}/index.ts")`))).toEqual([]);
  });

  it("are imported by no other module than sdk.ts", () => {
    const others = files.filter((file) => !isSdk(file));
    const foreign = others.flatMap((file) =>
      importsOf(file)
        .filter((path) => !path.startsWith(".") && !LIGHT.test(path))
        .map((path) => `${file} -> ${path}`),
    );
    expect(foreign).toEqual([]);
  });

  it("are reached by import() only, from the provider of that name", () => {
    for (const file of files) {
      const text = withoutTypes(readFileSync(join(folder, file), "utf8"));
      expect(text, file).not.toMatch(/from "[^"]*\/sdk\.ts"/);
      for (const [, path = ""] of text.matchAll(/import\("([^"]*sdk\.ts)"\)/g))
        expect(files.filter(isSdk)).toContain(join(file, "..", path).split(sep).join("/"));
    }
  });
});

function importsOf(file: string): readonly string[] {
  const text = withoutTypes(readFileSync(join(folder, file), "utf8"));
  return ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
}

/** An import of types only loads nothing. */
function withoutTypes(text: string): string {
  return text.replace(/^(?:import|export) type [^;]*;/gm, "");
}
