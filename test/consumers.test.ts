import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encrypt, nodeHost, nodeProviders } from "../src/node.ts";
import { IDENTITY, RECIPIENT } from "./support/context.ts";
import { CONSUMERS, describeWith, requirePart } from "./support/parts.ts";
import { motoAdmin } from "./support/servers/moto-admin.ts";
import { type Moto, startMoto } from "./support/servers/moto.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const tarball = join(root, `build/sops-ts-${version}.tgz`);
const TOOLS = ["jest", "next", "webpack", "rollup", "esbuild", "tsc"];
const LIMIT = 300_000;
const PLAIN = "TOKEN=hunter2\ntoken: hunter2\n";

/** The packed package in the hands of the tools that people import it with; each opens an age file and one of AWS KMS. */
describeWith(["moto_server", ...TOOLS], "the package, imported", () => {
  /** Below the folder with the tools, so that they are found as in any project. */
  let project = "";
  /** Elsewhere: a bundle must find nothing but itself. */
  let out = "";
  let moto: Moto;
  let files: readonly string[] = [];
  let env: NodeJS.ProcessEnv = {};
  const tool = (name: string): string => requirePart(name);
  const node = async (...args: readonly string[]): Promise<string> =>
    (await run(process.execPath, args, { cwd: project, env, timeout: LIMIT })).stdout;

  beforeAll(async () => {
    if (!existsSync(tarball)) throw new Error("there is no package: run npm run build and npm run pack");
    project = mkdtempSync(join(CONSUMERS, "project-"));
    out = mkdtempSync(join(tmpdir(), "sops-ts-consumers-"));
    cpSync(join(root, "test/consumers"), project, {
      recursive: true,
      filter: (path) => !/package(?:-lock)?\.json$/.test(path),
    });
    writeFileSync(join(project, "package.json"), '{ "private": true }');
    const flags = ["--offline", "--no-audit", "--no-fund", "--no-update-notifier"];
    await run("npm", ["install", ...flags, tarball], { cwd: project });
    moto = await startMoto();
    files = await sealFiles(out, moto);
    const [AGE_FILE, KMS_FILE] = files;
    const keys = { SOPS_AGE_KEY: IDENTITY, AGE_FILE, KMS_FILE, RECIPIENT };
    const quiet = { NEXT_TELEMETRY_DISABLED: "1", NODE_OPTIONS: "", NODE_ENV: "production" };
    env = { PATH: process.env["PATH"], HOME: out, ...moto.env, ...keys, ...quiet };
  }, LIMIT);
  afterAll(async () => {
    await moto.stop();
    for (const dir of [project, out]) rmSync(dir, { recursive: true, force: true });
  });

  it("in Jest", { timeout: LIMIT }, async () => {
    // Its report goes to stderr.
    const { stderr } = await run(tool("jest"), ["--rootDir", "jest", "--ci"], { cwd: project, env });
    expect(stderr).toContain("Tests:       3 passed, 3 total");
  });

  it.each([
    ["esm", "mjs"],
    ["cjs", "cjs"],
  ])("bundled by esbuild as %s", { timeout: LIMIT }, async (format, extension) => {
    const bundle = join(out, `esbuild.${extension}`);
    const flags = ["--bundle", "--platform=node", `--format=${format}`, `--outfile=${bundle}`];
    const { stderr } = await run(tool("esbuild"), [`bundle/open.${extension}`, ...flags], {
      cwd: project,
      env,
    });
    expect(stderr).not.toMatch(/warning/i);
    expect(await node(bundle, ...files)).toBe(PLAIN);
  });

  it.each(["mjs", "cjs"])(
    "bundled by webpack without a warning: %s",
    { timeout: LIMIT },
    async (extension) => {
      const folder = join(out, `webpack-${extension}`);
      await node("bundle/webpack.mjs", `./bundle/open.${extension}`, folder);
      expect(await node(join(folder, `main.${extension}`), ...files)).toBe(PLAIN);
    },
  );

  it("bundled by Rollup", { timeout: LIMIT }, async () => {
    const folder = join(out, "rollup");
    await node("bundle/rollup.mjs", "bundle/open.mjs", folder);
    expect(await node(join(folder, "main.mjs"), ...files)).toBe(PLAIN);
  });

  it("in Next.js, built and started", { timeout: LIMIT }, async () => {
    const cwd = join(project, "next");
    const { stdout, stderr } = await run(tool("next"), ["build"], { cwd, env, timeout: LIMIT });
    expect(stdout + stderr).not.toMatch(/warn|error|⚠/i);
    const started = spawn(process.execPath, [tool("next"), "start", "-p", "0"], { cwd, env });
    try {
      const page = await fetch(await addressOf(started));
      expect(await page.text()).toContain(`<pre>${PLAIN}</pre>`);
    } finally {
      started.kill();
    }
  });

  it.each(["node10", "node16", "bundler"])("typed under %s", { timeout: LIMIT }, async (moduleResolution) => {
    const folder = join(project, `types-${moduleResolution}`);
    mkdirSync(folder);
    writeFileSync(
      join(folder, "use.ts"),
      `import { decryptToText, SopsError, type ErrorCode } from "sops-ts";
       import { decryptFile } from "sops-ts/node";
       export const text: Promise<string> = decryptToText("", { format: "yaml" });
       export const file: Promise<Uint8Array> = decryptFile("x");
       export const code = (error: unknown): ErrorCode | null => (error instanceof SopsError ? error.code : null);
       // @ts-expect-error there is no such format
       export const wrong = decryptToText("", { format: "toml" });`,
    );
    const module = { node10: "commonjs", node16: "node16", bundler: "esnext" }[moduleResolution];
    const strict = { strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [] };
    const compilerOptions = { ...strict, module, moduleResolution };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    const failed = run(tool("tsc"), ["-p", folder], { cwd: project, env }).catch((error: unknown) => error);
    expect(await failed).toMatchObject({ stdout: "" });
  });
});

async function sealFiles(folder: string, moto: Moto): Promise<readonly string[]> {
  const [age, kms] = [join(folder, "age.env"), join(folder, "kms.yaml")];
  writeFileSync(age, await encrypt("TOKEN=hunter2\n", { format: "dotenv", recipients: [RECIPIENT] }));
  const arn = await motoAdmin(moto).createKey();
  const sealed = await encrypt("token: hunter2\n", {
    format: "yaml",
    groups: [[{ type: "kms", fields: { arn } }]],
    providers: nodeProviders(),
    host: nodeHost({ env: moto.env }),
  });
  writeFileSync(kms, sealed);
  return [age, kms];
}

/** Where Next says that it listens. */
async function addressOf({ stdout, stderr }: ReturnType<typeof spawn>): Promise<string> {
  let said = "";
  stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for await (const chunk of (stdout ?? []) as AsyncIterable<Buffer>) {
    said += chunk.toString();
    const [address] = /http:\/\/localhost:\d+/.exec(said) ?? [];
    if (address !== undefined && said.includes("Ready")) return address;
  }
  throw new Error(`next does not start: ${said}`);
}
