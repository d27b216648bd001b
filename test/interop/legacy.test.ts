import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { runSops } from "../support/real-sops.ts";

const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
const root = mkdtempSync(join(tmpdir(), "enc-legacy-"));
const NAMES = ["a.yaml", "a.json", "a.env", "a.ini", "a.bin"] as const;
const PLAIN: Readonly<Record<(typeof NAMES)[number], string>> = {
  "a.yaml": "a: x\nb:\n    c: 1\n",
  "a.json": '{\n\t"a": "x",\n\t"b": {\n\t\t"c": 1\n\t}\n}\n',
  "a.env": "A=x\nB=y\n",
  "a.ini": "[s]\na = x\n",
  "a.bin": "any bytes\n",
};

interface Outcome {
  readonly code: number;
  readonly stdout: string;
}

/** Runs the same words in a folder of its own, by the real sops or by enc. */
async function outcome(
  by: "sops" | "enc",
  argv: readonly string[],
  name: string,
): Promise<Outcome & { dir: string }> {
  const dir = mkdtempSync(join(root, `${by}-`));
  for (const each of NAMES) copyFileSync(join(root, "sealed", each), join(dir, each));
  writeFileSync(join(dir, "plain.yaml"), PLAIN["a.yaml"]);
  writeFileSync(join(dir, "editor.sh"), 'sed -i s/x/edited/ "$1"\n');
  const env = { SOPS_AGE_KEY: IDENTITY, EDITOR: "sh editor.sh", SOPS_DISABLE_VERSION_CHECK: "1" };
  const words = argv.map((word) => (word === "FILE" ? name : word));
  const program = requirePart("sops");
  const result =
    by === "sops"
      ? await runSops(words, { cwd: dir, env, program })
      : await enc(words, { cwd: dir, env: { PATH: process.env["PATH"] ?? "", HOME: dir, ...env } });
  return { code: result.code, stdout: Buffer.from(result.stdout).toString(), dir };
}

/** The same, and what the file then holds. */
async function both(argv: readonly string[], name: string): Promise<readonly [object, object]> {
  const [theirs, ours] = await Promise.all([outcome("sops", argv, name), outcome("enc", argv, name)]);
  const held = async ({ dir }: { dir: string }): Promise<string> => {
    const text = readFileSync(join(dir, name), "utf8");
    if (!text.includes("ENC[")) return text;
    const { stdout } = await runSops(["decrypt", name], {
      cwd: dir,
      env: { SOPS_AGE_KEY: IDENTITY },
      program: requirePart("sops"),
    });
    return Buffer.from(stdout).toString();
  };
  const told = async (run: Outcome & { dir: string }): Promise<object> => ({
    code: run.code,
    // sops answers an unknown flag with its whole help on stdout.
    stdout: run.stdout.includes("ENC[")
      ? "sealed"
      : run.stdout.startsWith("Incorrect Usage")
        ? ""
        : run.stdout,
    file: await held(run),
  });
  return [await told(theirs), await told(ours)];
}

const onEveryFormat: readonly (readonly string[])[] = [
  ["-d", "FILE"],
  ["--decrypt", "FILE"],
  ["-d", "-i", "FILE"],
  ["-decrypt", "-in-place=true", "FILE"],
  ["-r", "-i", "FILE"],
  ["-r", "FILE"],
  ["-e", "--age", RECIPIENT, "FILE"],
  ["-d", "--output", "FILE", "FILE"],
  ["-e", "-d", "--age", RECIPIENT, "FILE"],
  ["-d", "--ignore-mac", "FILE"],
  ["-r", "-i", "--add-age", OTHER, "FILE"],
  ["-r", "-i", "--rm-age", RECIPIENT, "FILE"],
  ["-d", "-r", "-i", "FILE"],
  ["FILE"],
  ["-s=false", "FILE"],
  ["-i", "FILE"],
];

const onYaml: readonly (readonly string[])[] = [
  ["-d", "--extract", '["a"]', "FILE"],
  ["-d", "--extract", '["b"]["c"]', "FILE"],
  ["-d", "--extract", '["none"]', "FILE"],
  ["-d", "--extract", '["a', "FILE"],
  ["-d", "--output-type", "json", "FILE"],
  ["-d", "--output-type", "dotenv", "--extract", '["b"]', "FILE"],
  ["-d", "--indent", "2", "FILE"],
  ["--indent=2", "-d", "-output-type=yaml", "FILE"],
  ["--set", '["a"] "new"', "FILE"],
  ["--set", '["b"]["c"] {"d": "e"}', "-i", "FILE"],
  ["--set", '["b"]["new"] true', "FILE"],
  ["--set", '["a"]', "FILE"],
  ["--set", '["a"] nonsense', "FILE"],
  ["--set", '["a]', "FILE"],
  ["--set", '["a"] 1', "none.yaml"],
  ["-d", "-i", "--output", "x", "FILE"],
  ["-d"],
  ["-e"],
  ["-r"],
  [],
  ["-d", "none.yaml"],
  ["-e", "--age", RECIPIENT, "none.yaml"],
  ["-r", "none.yaml"],
  ["-r", "--add-age", OTHER, "none.yaml"],
  ["--rm-pgp", "ABCD", "none.yaml"],
  ["-e", "plain.yaml"],
  ["-e", "--age", "nonsense", "plain.yaml"],
  ["-e", "--age", RECIPIENT, "--encrypted-regex", "a", "--unencrypted-suffix", "b", "plain.yaml"],
  ["-d", "plain.yaml"],
  ["-r", "plain.yaml"],
  ["-e", "--age", RECIPIENT, "plain.yaml"],
  ["-d", "--decryption-order", "age", "FILE"],
  ["-d", "--filename-override", "x.json", "FILE"],
  ["--nonsense", "FILE"],
  ["-di", "FILE"],
  ["groups", "add", "--file", "none.yaml", "--age", OTHER],
  ["groups", "delete", "--file", "FILE"],
  ["groups", "delete", "--file", "FILE", "x"],
  ["groups", "add", "-i", "--file", "FILE", "--age", RECIPIENT],
  ["groups", "add", "--file", "FILE", "--age", RECIPIENT],
  ["groups", "add", "--file", "FILE", "--age", RECIPIENT, "extra"],
];

describeWith(["sops"], "sops without a command, and enc", () => {
  beforeAll(async () => {
    const sealed = join(root, "sealed");
    mkdirSync(sealed);
    for (const name of NAMES) {
      writeFileSync(join(sealed, name), PLAIN[name]);
      await runSops(["-e", "-i", "--age", RECIPIENT, name], { cwd: sealed, program: requirePart("sops") });
    }
  });

  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it.each(NAMES.flatMap((name) => onEveryFormat.map((argv) => [name, argv.join(" "), argv] as const)))(
    "do the same to %s: %s",
    async (name, _line, argv) => {
      const [theirs, ours] = await both(argv, name);
      expect(ours).toEqual(theirs);
    },
  );

  it.each(onYaml.map((argv) => [argv.join(" "), argv] as const))("do the same: %s", async (_line, argv) => {
    const [theirs, ours] = await both(argv, "a.yaml");
    expect(ours).toEqual(theirs);
  });

  it.each(["sops", "enc"] as const)("open and change the groups that the other made: %s", async (by) => {
    const { dir } = await outcome(by, ["filestatus", "a.yaml"], "a.yaml");
    const env = { PATH: process.env["PATH"] ?? "", SOPS_AGE_KEY: IDENTITY };
    const run = async (who: "sops" | "enc", ...argv: string[]): Promise<number> =>
      who === "sops"
        ? (await runSops(argv, { cwd: dir, env, program: requirePart("sops") })).code
        : (await enc(argv, { cwd: dir, env })).code;
    const other = by === "sops" ? "enc" : "sops";
    const sealed = readFileSync(join(dir, "a.yaml"), "utf8");
    expect(await run(by, "groups", "add", "-i", "--file", "a.yaml", "--age", RECIPIENT)).toBe(0);
    expect(await run(other, "groups", "add", "-i", "--file", "a.yaml", "--age", OTHER)).toBe(0);
    expect(await run(by, "groups", "delete", "-i", "--file", "a.yaml", "0")).toBe(0);
    // One of the two groups left is not ours, and both are needed.
    expect(await run(other, "decrypt", "a.yaml")).toBe(128);
    expect(await run(other, "groups", "delete", "-i", "--file", "a.yaml", "0")).not.toBe(0);
    expect(await run(by, "groups", "add", "-i", "--file", "a.yaml", "--age", RECIPIENT)).not.toBe(0);
    const [, values = ""] = /^([^]*?)^sops:/m.exec(sealed) ?? [];
    expect(readFileSync(join(dir, "a.yaml"), "utf8").startsWith(values)).toBe(true);
    expect(values).toContain("ENC[");
  });

  it.each(["sops", "enc"] as const)("open a file of three groups, two of them needed: %s", async (by) => {
    const { dir } = await outcome(
      by,
      ["groups", "add", "-i", "--file", "a.yaml", "--age", RECIPIENT],
      "a.yaml",
    );
    const env = { PATH: process.env["PATH"] ?? "", SOPS_AGE_KEY: IDENTITY };
    const program = requirePart("sops");
    const add = ["groups", "add", "-i", "-f", "a.yaml", "--age", OTHER];
    const both = [
      await runSops(add, { cwd: dir, env, program }),
      await enc(["-d", "-i", "a.yaml"], { cwd: dir, env }),
    ];
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(readFileSync(join(dir, "a.yaml"), "utf8")).toBe(PLAIN["a.yaml"]);
  });
});
