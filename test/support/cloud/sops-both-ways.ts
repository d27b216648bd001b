import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { enc } from "../cli.ts";
import { IDENTITY, RECIPIENT } from "../context.ts";

export interface BothWays {
  /** The program, and the variables that it and enc need. */
  readonly sops: string;
  readonly envForEnc: Readonly<Record<string, string>>;
  readonly envForSops: Readonly<Record<string, string>>;
  /** The flag of both that takes the key, and the key. */
  readonly flag: string;
  readonly key: string;
  /** The entry of a key group in a config. */
  readonly groupEntry: string;
}

const PLAIN = "password: hunter2\nlist:\n    - 1\n    - true\n";

/** enc and real sops read each other's files: one key, and a threshold group with age of which one part is missing. */
export function sopsBothWays(title: string, setUp: () => BothWays): void {
  it(`${title}: sops opens what enc sealed`, () =>
    inFolder(async (cwd) => {
      const { sops, envForEnc, envForSops, flag, key } = setUp();
      const sealed = await enc(["encrypt", flag, key, "a.yaml"], { cwd, env: { ...envForEnc } });
      expect(sealed.stderr).toBe("");
      writeFileSync(join(cwd, "sealed.yaml"), sealed.stdout);
      expect(await runReal(sops, ["decrypt", "sealed.yaml"], cwd, envForSops)).toBe(PLAIN);
    }));

  it(`${title}: enc opens what sops sealed`, () =>
    inFolder(async (cwd) => {
      const { sops, envForEnc, envForSops, flag, key } = setUp();
      const sealed = await runReal(sops, ["encrypt", flag, key, "a.yaml"], cwd, envForSops);
      writeFileSync(join(cwd, "sealed.yaml"), sealed);
      const opened = await enc(["decrypt", "sealed.yaml"], { cwd, env: { ...envForEnc } });
      expect(opened.stderr).toBe("");
      expect(opened.stdout.toString()).toBe(PLAIN);
    }));

  it(`${title}: groups with age, threshold 2 of 3, both ways`, () =>
    inFolder(async (cwd) => {
      const { sops, envForEnc, envForSops, groupEntry } = setUp();
      const stranger = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";
      writeFileSync(
        join(cwd, ".sops.yaml"),
        `creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [${RECIPIENT}]\n${groupEntry}      - age: [${stranger}]\n`,
      );
      const age = { SOPS_AGE_KEY: IDENTITY };
      const byEnc = await enc(["encrypt", "a.yaml"], { cwd, env: { ...envForEnc, ...age } });
      expect(byEnc.stderr).toBe("");
      writeFileSync(join(cwd, "by-enc.yaml"), byEnc.stdout);
      expect(await runReal(sops, ["decrypt", "by-enc.yaml"], cwd, { ...envForSops, ...age })).toBe(PLAIN);
      writeFileSync(join(cwd, "by-sops.yaml"), await runReal(sops, ["encrypt", "a.yaml"], cwd, envForSops));
      const opened = await enc(["decrypt", "by-sops.yaml"], { cwd, env: { ...envForEnc, ...age } });
      expect(opened.stdout.toString()).toBe(PLAIN);
      const alone = await enc(["decrypt", "by-sops.yaml"], { cwd, env: { ...envForEnc } });
      expect(alone.code).toBe(128);
    }));
}

async function inFolder(work: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), "enc-both-"));
  try {
    writeFileSync(join(cwd, "a.yaml"), PLAIN);
    await work(cwd);
    expect(readFileSync(join(cwd, "a.yaml"), "utf8")).toBe(PLAIN);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** What real sops printed; its stderr as an error where it failed. */
async function runReal(
  sops: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(sops, args, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, SOPS_DISABLE_VERSION_CHECK: "1", ...env },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`sops ${args.join(" ")}: ${code}: ${Buffer.concat(err).toString()}`);
  return Buffer.concat(out).toString();
}
