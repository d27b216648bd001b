import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RECIPIENT } from "./support/context.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };
const tarball = `${root}build/sops-ts-${version}.tgz`;

/** What the tarball may weigh, the SDKs of all providers included. */
const LIMIT_BYTES = 8_000_000;
/** Of a bundled file, also minified. */
const RELATIVE_IMPORT = /(?:from|import|require)\s*\(?\s*"(\.\.?\/[^"]+)"/g;
const USE = `
  const { identity, recipient } = await generateIdentity();
  const sealed = await encrypt("password: hunter2 # x\\n", { format: "yaml", recipients: [recipient] });
  const plain = await decryptToText(sealed, { format: "yaml", identities: [identity] });
`;

describe.skipIf(process.env["CI"] !== "true" && !existsSync(tarball))(
  "the packed package (npm run pack)",
  () => {
    let dir = "";
    const installed = (path: string): string => join(dir, "node_modules/sops-ts", path);
    const run = (program: string, args: readonly string[]): string =>
      execFileSync(program, args, { cwd: dir, encoding: "utf8" });

    beforeAll(() => {
      dir = mkdtempSync(join(tmpdir(), "sops-ts-package-"));
      writeFileSync(join(dir, "package.json"), "{}");
      const flags = ["--offline", "--no-audit", "--no-fund", "--no-update-notifier"];
      run("npm", ["install", ...flags, tarball]);
      console.log(`the package: ${String(Math.round(statSync(tarball).size / 1024))} KiB packed`);
    });
    afterAll(() => {
      rmSync(dir, { recursive: true });
    });

    it("is small, and brings nothing along", () => {
      expect(statSync(tarball).size).toBeLessThan(LIMIT_BYTES);
      const manifest = JSON.parse(readFileSync(installed("package.json"), "utf8")) as Record<string, unknown>;
      expect(Object.keys(manifest)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/dependencies|scripts/i)]),
      );
      expect(existsSync(installed("node_modules"))).toBe(false);
      const lock = readFileSync(join(dir, "package-lock.json"), "utf8");
      expect(lock.match(/"node_modules\/[^"]+"/g)).toEqual(['"node_modules/sops-ts"']);
    });

    it("carries the licences of what it bundles", () => {
      const text = readFileSync(installed("dist/THIRD-PARTY-LICENSES.txt"), "utf8");
      for (const name of ["commander", "@noble/ciphers", "@noble/hashes"])
        expect(text).toContain(`\n${name} `);
      expect(existsSync(installed("LICENSE"))).toBe(true);
    });

    it("holds every file that its files import", () => {
      const files = readdirSync(installed("dist"), { recursive: true, encoding: "utf8" }).filter(
        (file) => /\.c?js$/.test(file) && !file.startsWith("vendor"),
      );
      const imported = files.flatMap((file) =>
        [...readFileSync(installed(join("dist", file)), "utf8").matchAll(RELATIVE_IMPORT)].map(
          ([, path = ""]) => join("dist", dirname(file), path),
        ),
      );
      expect(imported.length).toBeGreaterThan(files.length);
      expect(imported.filter((path) => !existsSync(installed(path)))).toEqual([]);
    });

    it("gives the SDKs of the providers to ESM and to CommonJS by the same names", () => {
      const files = readdirSync(installed("dist/vendor")).sort();
      const sdks = files.filter((file) => file.endsWith(".cjs")).map((file) => file.slice(0, -".cjs".length));
      expect(files).toEqual(sdks.flatMap((name) => [`${name}.cjs`, `${name}.mjs`]));
      const list = `console.log(JSON.stringify(names.filter((n) => n !== "default" && n !== "module.exports").sort()));`;
      for (const name of sdks) {
        const [cjs, mjs] = ["cjs", "mjs"].map((extension) =>
          installed(join("dist/vendor", `${name}.${extension}`)),
        );
        const esm = run(process.execPath, [
          "--input-type=module",
          "-e",
          `const names = Object.keys(await import(${JSON.stringify(mjs)})); ${list}`,
        ]);
        const required = `const names = Object.keys(require(${JSON.stringify(cjs)})); ${list}`;
        expect(run(process.execPath, ["-e", required])).toBe(esm);
        expect(esm).not.toBe("[]\n");
      }
    });

    it("installs the command", () => {
      expect(run(join(dir, "node_modules/.bin/enc"), ["--version"])).toContain(version);
    });

    it("seals and opens with the command", () => {
      const enc = join(dir, "node_modules/.bin/enc");
      const keyFile = join(dir, "key.txt");
      execFileSync(enc, ["keygen", "--output", keyFile], { cwd: dir, stdio: "pipe" });
      const recipient = /age1\w+/.exec(readFileSync(keyFile, "utf8"))?.[0] ?? "";
      const plain = "# kept\na: {b: 0x1F}\n";
      writeFileSync(join(dir, "a.yaml"), plain);
      execFileSync(enc, ["encrypt", "-i", "--age", recipient, "a.yaml"], { cwd: dir });
      const env = { ...process.env, SOPS_AGE_KEY_FILE: keyFile };
      expect(execFileSync(enc, ["decrypt", "a.yaml"], { cwd: dir, env, encoding: "utf8" })).toBe(plain);
    });

    it("opens a file with an age key without an SDK, a pattern engine, a config parser or commander", () => {
      const env = { ...process.env, SOPS_AGE_KEY_FILE: join(dir, "key.txt"), NODE_DEBUG: "module" };
      const { stderr } = spawnSync(process.execPath, [installed("dist/enc.cjs"), "decrypt", "a.yaml"], {
        cwd: dir,
        env,
        encoding: "utf8",
      });
      const loaded = [...stderr.matchAll(/load "([^"]+)"/g)].map(([, path = ""]) => path);
      expect(loaded).toEqual([installed("dist/enc.cjs"), installed("dist/enc/yaml.cjs")]);
      expect(readFileSync(installed("dist/enc.cjs"), "utf8")).not.toContain("commander.unknownOption");
      expect(readFileSync(installed("dist/enc/commander.cjs"), "utf8")).toContain("commander.unknownOption");
    });

    it("imports as ESM", () => {
      writeFileSync(
        join(dir, "use.mjs"),
        `import { decryptToText, encrypt, generateIdentity } from "sops-ts";
       import { decryptFile, encryptFile, loadEnv, readEnv } from "sops-ts/node";
       ${USE} console.log(JSON.stringify(plain), typeof decryptFile, typeof encryptFile, typeof loadEnv, typeof readEnv);`,
      );
      expect(run(process.execPath, ["use.mjs"])).toBe(
        '"password: hunter2 # x\\n" function function function function\n',
      );
    });

    it("imports as CommonJS", () => {
      writeFileSync(
        join(dir, "use.cjs"),
        `const { decryptToText, encrypt, generateIdentity } = require("sops-ts");
       const { decryptFile } = require("sops-ts/node");
       (async () => { ${USE} console.log(JSON.stringify(plain), typeof decryptFile); })();`,
      );
      expect(run(process.execPath, ["use.cjs"])).toBe('"password: hunter2 # x\\n" function\n');
    });

    // 18 kB: Node prints the line of the source that throws, and that line was the whole file.
    it.each(["use.mjs", "use.cjs"])("shows an error that nobody caught in a few lines: %s", (file) => {
      const call = `decryptToText("a: 1", { format: "yaml" });`;
      const load = file.endsWith("mjs")
        ? `import { decryptToText } from`
        : `const { decryptToText } = require(`;
      writeFileSync(join(dir, file), `${load} "sops-ts"${file.endsWith("mjs") ? "" : ")"}; ${call}`);
      const { stderr } = spawnSync(process.execPath, [file], { cwd: dir, encoding: "utf8" });
      expect(stderr).toContain("\nSopsError: the file is not encrypted: it has no sops metadata\n");
      expect(stderr.length).toBeLessThan(3000);
    });

    it("makes an error of ESM one of CommonJS, and the other way round", () => {
      writeFileSync(
        join(dir, "use.mjs"),
        `import { createRequire } from "node:module";
         import * as esm from "sops-ts/node";
         const cjs = createRequire(import.meta.url)("sops-ts");
         const failure = (of) => of.decrypt("a: 1", { format: "yaml" }).catch((error) => error);
         console.log(esm.SopsError === cjs.SopsError, (await failure(esm)) instanceof cjs.SopsError,
           (await failure(cjs)) instanceof esm.SopsError, esm.SopsError.name, cjs.SopsError.name);`,
      );
      expect(run(process.execPath, ["use.mjs"])).toBe("false true true SopsError SopsError\n");
    });

    it("names the file of an SDK that cannot be loaded", () => {
      writeFileSync(
        join(dir, "use.mjs"),
        `import { encrypt, nodeHost, nodeProviders } from "sops-ts/node";
         const fields = { vault_address: "http://127.0.0.1:9", engine_path: "transit", key_name: "k" };
         const key = { type: "hc_vault", fields };
         const host = nodeHost({ env: { VAULT_ADDR: fields.vault_address, VAULT_TOKEN: "t" } });
         const options = { format: "yaml", groups: [[key]], providers: nodeProviders(), host };
         await encrypt("a: 1", options).catch((error) => console.log(error.code, error.message));`,
      );
      const path = installed("dist/vendor/vault.mjs");
      const kept = readFileSync(path);
      writeFileSync(path, "throw new Error('no such luck')");
      try {
        expect(run(process.execPath, ["use.mjs"])).toBe(
          "CANNOT_LOAD cannot load vendor/vault, a file of sops-ts: no such luck\n",
        );
      } finally {
        writeFileSync(path, kept);
      }
    });

    it("names another file of it that is missing, and calls that no defect", () => {
      const path = installed("dist/enc/ini.cjs");
      renameSync(path, `${path}.away`);
      writeFileSync(join(dir, "a.ini"), "[a]\nb = 1\n");
      try {
        const argv = [installed("dist/enc.cjs"), "encrypt", "--age", RECIPIENT, "a.ini"];
        const { status, stderr } = spawnSync(process.execPath, argv, { cwd: dir, encoding: "utf8" });
        expect(stderr).toMatch(
          /^enc: cannot load a part of sops-ts: .*\bini\.cjs.*\n {2}hint: install sops-ts again; /,
        );
        expect(status).toBe(1);
      } finally {
        renameSync(`${path}.away`, path);
      }
    });

    it("exports the same names to both", () => {
      const names = (program: string): string =>
        run(process.execPath, ["--input-type=module", "-e", program]);
      const list = `console.log(JSON.stringify(names.filter((n) => n !== "default" && n !== "module.exports").sort()))`;
      for (const entry of ["sops-ts", "sops-ts/node"]) {
        const esm = names(`const names = Object.keys(await import("${entry}")); ${list}`);
        const load = `import { createRequire } from "node:module"; const require = createRequire(process.cwd() + "/x.js");`;
        expect(names(`${load} const names = Object.keys(require("${entry}")); ${list}`)).toBe(esm);
      }
    });

    it.each([
      ["nodenext", "use.mts"],
      ["nodenext", "use.cts"],
      ["node16", "use.cts"],
      ["bundler", "use.mts"],
    ])("has types under %s in %s", (resolution, file) => {
      const module = resolution === "bundler" ? "esnext" : resolution;
      writeFileSync(
        join(dir, file),
        `import { decryptToText, encrypt, generateIdentity, SopsError, type ErrorCode } from "sops-ts";
       import { decryptFile } from "sops-ts/node";
       export async function use(): Promise<string> { ${USE} return plain; }
       export const code = (error: SopsError): ErrorCode => error.code;
       export const file: Promise<Uint8Array> = decryptFile("x");
       // @ts-expect-error there is no such format
       export const wrong = encrypt("", { format: "toml", recipients: [] });`,
      );
      const config = { strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [] };
      const compilerOptions = { ...config, module, moduleResolution: resolution };
      writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
      const found = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", dir], {
        encoding: "utf8",
      });
      expect(found.stdout).toBe("");
    });

    it("bundles for a browser without anything of Node, and works there", async () => {
      const contents = `import { decryptToText, encrypt, generateIdentity } from "sops-ts";
      globalThis.result = (async () => { ${USE} return plain; })();`;
      const bundle = await build({
        stdin: { contents, resolveDir: dir },
        bundle: true,
        platform: "browser",
        format: "iife",
        minify: true,
        write: false,
        logLevel: "silent",
      });
      const code = bundle.outputFiles[0]?.text ?? "";
      console.log(`a browser bundle of sops-ts: ${String(Math.round(code.length / 1024))} KiB minified`);
      expect(code).not.toMatch(/["']node:|\brequire\(/);
      const context = createContext(webGlobals());
      runInContext(code, context);
      expect(await (context as { result: Promise<string> }).result).toBe("password: hunter2 # x\n");
    });
  },
);

/** What a browser, and not only Node, gives a script. */
function webGlobals(): Record<string, unknown> {
  const {
    atob,
    btoa,
    crypto,
    TextDecoder,
    AbortController,
    AbortSignal,
    TextEncoder,
    ReadableStream,
    WritableStream,
    TransformStream,
    URL,
  } = globalThis;
  return {
    atob,
    btoa,
    crypto,
    TextDecoder,
    AbortController,
    AbortSignal,
    TextEncoder,
    ReadableStream,
    WritableStream,
    TransformStream,
    URL,
    Uint8Array,
  };
}
