import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CliResult, enc } from "./cli.ts";
import { IDENTITY, RECIPIENT } from "./context.ts";
import { requirePart } from "./parts.ts";
import { runSops, type SopsResult } from "./real-sops.ts";

/** A folder with sealed files and a config, and the two programs that publish from it. */
export interface PublishWorld {
  readonly dir: string;
  /** Of both programs; a test may add to it. */
  readonly env: Record<string, string>;
  write(name: string, text: string | Uint8Array): Promise<void>;
  read(name: string): Promise<string>;
  /** Seals a text for the test recipient into a file. */
  seal(name: string, text: string, ...flags: string[]): Promise<string>;
  ours(...argv: string[]): Promise<CliResult>;
  /** The same with an answer on stdin. */
  answering(answer: string, ...argv: string[]): Promise<CliResult>;
  theirs(...argv: string[]): Promise<SopsResult>;
  close(): Promise<void>;
}

export async function publishWorld(env: Readonly<Record<string, string>>): Promise<PublishWorld> {
  const dir = await mkdtemp(join(tmpdir(), "enc-publish-"));
  const all: Record<string, string> = { ...env, SOPS_AGE_KEY: IDENTITY, HOME: dir };
  const ours = (argv: readonly string[], stdin = new Uint8Array()): Promise<CliResult> =>
    enc(argv, { cwd: dir, env: { PATH: process.env["PATH"] ?? "", ...all }, stdin });
  const write = async (name: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  };
  return {
    dir,
    env: all,
    write,
    read: (name) => readFile(join(dir, name), "utf8"),
    async seal(name, text, ...flags) {
      await write(name, text);
      const result = await ours(["encrypt", "--age", RECIPIENT, "-i", ...flags, name]);
      if (result.code !== 0) throw new Error(result.stderr);
      return readFile(join(dir, name), "utf8");
    },
    ours: (...argv) => ours(argv),
    answering: (answer, ...argv) => ours(argv, Buffer.from(answer)),
    theirs: (...argv) => runSops(argv, { cwd: dir, env: all, program: requirePart("sops") }),
    close: () => rm(dir, { recursive: true }),
  };
}

/** Rules without `path_regex` but for those that give one. */
export function destinationRules(...rules: readonly (readonly string[])[]): string {
  return `destination_rules:\n${rules.map((lines) => `  - ${lines.join("\n    ")}\n`).join("")}`;
}
