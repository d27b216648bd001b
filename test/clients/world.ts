import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

/** A folder with a PATH on which `enc` and `sops` are both enc: what somebody has who replaced the one by the other. */
export interface World {
  readonly dir: string;
  readonly enc: string;
  readonly env: Record<string, string>;
  /** Runs a program to its end; its stdin is empty. */
  run(argv: readonly string[], more?: Record<string, string>): Promise<Ran>;
  write(name: string, text: string): void;
  /** Writes a file and seals it with enc. */
  seal(name: string, plain: string): Promise<void>;
  remove(): void;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function makeWorld(): Promise<World> {
  const bundle = await bundleCli();
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "enc-test-")));
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const enc = join(bin, "enc");
  writeFileSync(enc, `#!/bin/sh\nexec "${process.execPath}" "${bundle.program}" "$@"\n`, { mode: 0o755 });
  symlinkSync("enc", join(bin, "sops"));
  const env = {
    PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
    HOME: dir,
    SOPS_AGE_KEY: IDENTITY,
    LC_ALL: "C.UTF-8",
  };
  const run: World["run"] = (argv, more = {}) =>
    new Promise((resolve) => {
      const [program = "", ...args] = argv;
      const child = execFile(program, args, { cwd: dir, env: { ...env, ...more } }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
      });
      child.stdin?.end();
    });
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  const seal = async (name: string, plain: string): Promise<void> => {
    write(name, plain);
    expect(await run([enc, "encrypt", "-i", "--age", RECIPIENT, name])).toEqual({
      code: 0,
      out: "",
      err: "",
    });
  };
  const remove = (): void => {
    bundle.remove();
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, enc, env, run, write, seal, remove };
}
