import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as outside from "../../src/node.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

/** What Jest's environment for Node lends too; the built-in errors and typed arrays are the context's own. */
const LENT = [
  ...[
    "process",
    "console",
    "Buffer",
    "URL",
    "URLSearchParams",
    "TextEncoder",
    "TextDecoder",
    "crypto",
    "fetch",
  ],
  ...[
    "AbortController",
    "AbortSignal",
    "DOMException",
    "ReadableStream",
    "WritableStream",
    "TransformStream",
  ],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "queueMicrotask"],
];

/** The library in a context with globals of its own, as Jest runs it: what Node hands it is of another realm. */
describe("the library in another realm", () => {
  let dir = "";
  let library: typeof outside;
  const path = (name: string): string => join(dir, name);
  const host = (): outside.Host => library.nodeHost({ env: { SOPS_AGE_KEY: IDENTITY, HOME: dir } });

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "sops-ts-realm-"));
    library = await inNewRealm();
    const sealed = await outside.encrypt("TOKEN=hunter2\nPORT=0x1F\n", {
      format: "dotenv",
      recipients: [RECIPIENT],
    });
    writeFileSync(path("a.env"), sealed);
    writeFileSync(path("plain.yaml"), "a: {b: 1.10} # c\nc: é\n");
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it("opens files", async () => {
    const plain = await library.decryptFile(path("a.env"), { host: host() });
    expect(Buffer.from(plain).toString()).toBe("TOKEN=hunter2\nPORT=0x1F\n");
    const values = await library.readEnv(path("a.env"), { host: host() });
    expect([...values]).toEqual([
      ["TOKEN", "hunter2"],
      ["PORT", "0x1F"],
    ]);
    const environment: Record<string, string> = {};
    await library.loadEnv(path("a.env"), { host: host(), environment });
    expect(environment["TOKEN"]).toBe("hunter2");
  });

  it("seals files", async () => {
    const options = { host: host(), recipients: [RECIPIENT], writeTo: path("sealed.yaml") };
    await library.encryptFile(path("plain.yaml"), options);
    const plain = await library.decryptFile(path("sealed.yaml"), { host: host() });
    expect(Buffer.from(plain).toString()).toBe("a: {b: 1.10} # c\nc: é\n");
  });

  it.each(["Buffer", "Uint8Array"])("takes a %s of the outside", async (kind) => {
    const text = `password: hunter2\nlong: ${"é".repeat(200)}\n`;
    const bytes = kind === "Buffer" ? Buffer.from(text) : new TextEncoder().encode(text);
    const sealed = await library.encrypt(bytes, { format: "yaml", recipients: [RECIPIENT] });
    const options = { format: "yaml", identities: [IDENTITY] } as const;
    expect(await library.decryptToText(Buffer.from(sealed), options)).toBe(text);
  });

  // It was CANNOT_READ (unknown error), since the system's error was none of this realm.
  it("knows a missing file, and tells what the system says", async () => {
    const failed = library.decryptFile(path("none.yaml"), { host: host() });
    await expect(failed).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    const noFolder = library.encryptFile(path("plain.yaml"), {
      host: host(),
      recipients: [RECIPIENT],
      writeTo: path("none/x.yaml"),
    });
    await expect(noFolder).rejects.toMatchObject({
      code: "CANNOT_WRITE",
      message: expect.stringContaining("no such file or directory") as string,
    });
  });

  it("tells a server that is not there", async () => {
    const key = { vault_address: "http://127.0.0.1:9", engine_path: "transit", key_name: "k" };
    const env = { VAULT_ADDR: "http://127.0.0.1:9", VAULT_TOKEN: "t", VAULT_MAX_RETRIES: "0", HOME: dir };
    const failed = library.encrypt("a: 1\n", {
      format: "yaml",
      groups: [[{ type: "hc_vault", fields: key }]],
      providers: library.nodeProviders(),
      host: library.nodeHost({ env }),
    });
    await expect(failed).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
  });

  it("throws what is a SopsError for every copy of the library", async () => {
    const error = await library
      .decrypt("a: 1\n", { format: "yaml", identities: [IDENTITY] })
      .catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(Error);
    expect(library.SopsError).not.toBe(outside.SopsError);
    expect(error).toBeInstanceOf(outside.SopsError);
    expect(error).toBeInstanceOf(library.SopsError);
    for (const other of [new Error("x"), { code: "NO_METADATA" }, null, "NO_METADATA"])
      expect(other instanceof library.SopsError).toBe(false);
  });
});

async function inNewRealm(): Promise<typeof outside> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../../src/node.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    // An import would leave the context.
    supported: { "dynamic-import": false },
    plugins: [
      {
        name: "no-sdks",
        setup(hooks) {
          hooks.onResolve({ filter: /\/sdk\.ts$/ }, ({ path, importer }) =>
            importer.includes("age") || importer.includes("vault") ? undefined : { path, external: true },
          );
        },
      },
    ],
    logLevel: "error",
  });
  const context = createContext(
    Object.fromEntries(LENT.map((name) => [name, Reflect.get(globalThis, name)])),
  );
  const module = { exports: {} };
  const run = runInContext(
    `(function (module, exports, require) {${outputFiles[0]?.text ?? ""}\n})`,
    context,
  ) as (...args: readonly unknown[]) => void;
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports as typeof outside;
}
