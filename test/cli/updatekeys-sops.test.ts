import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { runSops } from "../support/real-sops.ts";

const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
const OTHER_IDENTITY = "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73";
const THIRD = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";

const FLAT = (...keys: string[]): string => `creation_rules:\n  - age: ${keys.join(",")}\n`;
const GROUPS = (...groups: string[][]): string =>
  `creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n${groups.map((g) => `      - age: [${g.join(", ")}]\n`).join("")}`;

/** From the first rule to the second. */
const CHANGES: readonly (readonly [string, string, string])[] = [
  ["nothing", FLAT(RECIPIENT, OTHER), FLAT(OTHER, RECIPIENT)],
  ["one more key", FLAT(RECIPIENT), FLAT(RECIPIENT, OTHER)],
  ["one key less", FLAT(RECIPIENT, OTHER), FLAT(RECIPIENT)],
  ["another key", FLAT(RECIPIENT), FLAT(OTHER)],
  ["groups for a flat list", FLAT(RECIPIENT), GROUPS([RECIPIENT], [OTHER])],
  ["a flat list for groups", GROUPS([RECIPIENT], [OTHER]), FLAT(RECIPIENT, OTHER)],
  ["three groups for two", GROUPS([RECIPIENT], [OTHER]), GROUPS([RECIPIENT], [OTHER], [THIRD])],
  ["the groups in another order", GROUPS([RECIPIENT], [OTHER]), GROUPS([OTHER], [RECIPIENT])],
];

const PLAIN: Readonly<Record<string, string>> = {
  "a.yaml": "a: one # c\nb:\n  - 2\n  - x: 1.5\n",
  "a.json": '{\n\t"a": "one",\n\t"b": [1, true]\n}\n',
  "a.env": "# c\nA=one\nB=2\n",
  "a.ini": "[s]\na = one\n",
  "a.bin": "one\n",
};

describeWith(["sops"], "updatekeys beside the real sops", () => {
  const env = { SOPS_AGE_KEY: `${IDENTITY}\n${OTHER_IDENTITY}`, PATH: process.env["PATH"] ?? "" };
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-updatekeys-"));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const text = (name: string): string => readFileSync(join(dir, name), "utf8");
  const write = (name: string, bytes: string): void => {
    writeFileSync(join(dir, name), bytes);
  };
  const byEnc = async (...args: string[]): Promise<{ code: number; stdout: string }> => {
    const { code, stdout } = await enc(args, { cwd: dir, env: { ...env, HOME: dir } });
    return { code, stdout: stdout.toString() };
  };
  const bySops = async (...args: string[]): Promise<{ code: number; stdout: string }> => {
    const { code, stdout } = await runSops(args, { cwd: dir, env, program: requirePart("sops") });
    return { code, stdout: Buffer.from(stdout).toString() };
  };
  /** A sealed text with what is new at every sealing taken out. */
  const shape = (sealed: string): string =>
    sealed
      .replace(/-----BEGIN AGE ENCRYPTED FILE-----[^]*?-----END AGE ENCRYPTED FILE-----/g, "AGE")
      .replace(/\\n/g, "\n")
      // sops adds it to a binary file, where it means nothing.
      .replace(/\t\t"unencrypted_suffix": "_unencrypted",\n(?=\t\t"version")/, "");

  it.each(
    CHANGES.flatMap(([what, before, after]) =>
      Object.keys(PLAIN).map((name) => [what, name, before, after] as const),
    ),
  )("%s, %s: the same words, exit code and file, and either opens it", async (_, name, before, after) => {
    for (const seal of [bySops, byEnc]) {
      write(".sops.yaml", before);
      write(name, PLAIN[name] ?? "");
      expect((await seal("encrypt", "-i", name)).code).toBe(0);
      const sealed = text(name);
      const plain = (await byEnc("decrypt", name)).stdout;
      write(".sops.yaml", after);
      const theirs = await bySops("updatekeys", "-y", name);
      const [byTheirs, opened] = [text(name), await byEnc("decrypt", name)];
      expect(opened).toEqual({ code: 0, stdout: seal === bySops ? plain : opened.stdout });
      write(name, sealed);
      const ours = await byEnc("updatekeys", "-y", name);
      expect(ours).toEqual(theirs);
      // What sops prints is its own layout: only of its own files is ours the same text.
      if (seal === bySops) expect(shape(text(name))).toBe(shape(byTheirs));
      expect(await byEnc("decrypt", name)).toEqual({ code: 0, stdout: plain });
      expect((await bySops("decrypt", name)).code).toBe(0);
    }
  });
});
