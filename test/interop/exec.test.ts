import { shellWords } from "../../src/core/base/shell-words.ts";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { runSops } from "../support/real-sops.ts";

// exec-env and exec-file against real sops: the same arguments, the same files, the same stdout and exit code.

const PLAIN: Readonly<Record<string, string>> = {
  "a.env": "A=1\n# a comment\nB=two words\nC=with \"quotes\" and 'more'\nEMPTY=\nPATHS=/a:/b\n",
  "a.json": '{"n": 1, "f": 1.5, "t": true, "z": null, "s": "a\\nb", "u": "h\\u00e9", "empty": ""}\n',
  "a.yaml":
    'i: 1\nf: 1.0\ne: 1e3\nbig: 123456789012\nneg: -4\nb: false\nn: null\nm: |\n  two\n  lines\nq: "#1"\nt: 2024-01-01\nx: 0x1f\n',
  "two.yaml": "a: 1\n---\na: 2\nb: 3\n",
  "deep.yaml": "a: x\nb:\n  - 1\n  - c: 2.0\n",
  "a.ini": "[top]\na = 1\nb = two words\n",
  "a.bin": "any text\nwithout a last line",
  "equals.json": '{"a=b": "1"}\n',
  "nul.json": '{"a": "x\\u0000y"}\n',
  "odd.json": '{"a.b": "1", "": "2", "PATH_X": "3"}\n',
};

const ENVIRONMENT = "/usr/bin/env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= | LC_ALL=C sort";

const EXEC_ENV: readonly string[][] = [
  ...Object.keys(PLAIN).flatMap((file) => [
    [file, `${ENVIRONMENT} | grep -v -e ^HOME= -e ^TMPDIR=`],
    ["--pristine", file, ENVIRONMENT],
  ]),
  ["a.env", 'printf "%s|" "$A" "$B" "$C" "$EMPTY"; exit 7'],
  ["a.env", "exit 255"],
  ["a.env", "echo out; echo err >&2; false"],
  ["a.env", "enc-no-such-program"],
  ["a.env", "cat"],
  ["a.env", "A=2; echo $A"],
  ["a.env", "--", "echo $A"],
  ["--", "a.env", "echo $A"],
  ["a.env", "echo $A", "--pristine"],
  ["--pristine=false", "a.env", "echo $A $HOME"],
  ["--same-process", "a.env", "echo $B; exit 3"],
  ["--same-process", "--background", "a.env", "true"],
  ["--background", "a.env", "exit 9"],
  ["--decryption-order", "age", "a.env", "echo $A"],
  ["--decryption-order", "pgp,age", "a.env", "echo $A"],
  ["--enable-local-keyservice=false", "a.env", "echo $A"],
  ["--user", "enc-no-such-user", "a.env", "echo $A"],
  ["a.env"],
  [],
  ["a.env", "echo", "three"],
  ["none.env", "true"],
  ["plain.json", "true"],
];

const TYPES = ["yaml", "json", "dotenv", "ini", "binary"];

const EXEC_FILE: readonly string[][] = [
  ...["a.env", "a.json", "a.yaml", "two.yaml", "deep.yaml", "a.ini", "a.bin"].flatMap((file) => [
    [file, "cat {}"],
    ["--no-fifo", file, "cat {}; cat {}; wc -c < {}"],
    [
      "--filename",
      "foobar",
      file,
      'basename {}; ls -ln {} | cut -c1-10; echo "{}" | grep -c /foobar; cat {}',
    ],
  ]),
  ...["a.env", "a.json", "a.yaml", "deep.yaml"].flatMap((file) =>
    TYPES.map((type) => ["--output-type", type, file, "cat {}"]),
  ),
  ["--input-type", "json", "--output-type", "yaml", "json", "cat {}"],
  ["a.env", "test -p {} && echo fifo; cat {}"],
  ["--no-fifo", "a.env", "test -f {} && echo file; test -p {} || echo none"],
  ["--no-fifo", "a.env", "echo more >> {}; cat {}"],
  ["a.env", "cat {} | wc -l; exit 7"],
  // sops fails where the command has ended before sops has opened the FIFO.
  ["a.env", "sleep 0.5; echo nothing is read"],
  ["--no-fifo", "a.env", "rm {}; exit 2"],
  ["--filename", "../a", "a.env", "cat {}"],
  ["--filename", "/a", "a.env", "cat {}"],
  ["--filename", "a/../../b", "a.env", "cat {}"],
  ["--no-fifo", "--filename", "a/../b", "a.env", "basename {}; cat {}"],
  ["--filename", "..a", "a.env", "basename {}; cat {}"],
  ["--filename", ".", "a.env", "cat {}"],
  ["--user", "enc-no-such-user", "a.env", "cat {}"],
  ["a.env"],
  ["a.env", "cat", "{}"],
  ["none.env", "cat {}"],
  ["plain.json", "cat {}"],
];

describeWith(["sops"], "the same arguments for real sops and enc", () => {
  let bundle: Awaited<ReturnType<typeof bundleCli>>;
  let dir = "";
  beforeAll(async () => {
    bundle = await bundleCli();
    dir = mkdtempSync(join(tmpdir(), "enc-test-"));
    mkdirSync(join(dir, "temp"));
    for (const [name, text] of Object.entries(PLAIN)) {
      writeFileSync(join(dir, name), text);
      const sealed = await sops(["encrypt", "--age", RECIPIENT, "-i", name]);
      expect(sealed.code, name + sealed.stderr).toBe(0);
    }
    writeFileSync(join(dir, "plain.json"), '{"a": 1}');
    writeFileSync(
      join(dir, "json"),
      (await sops(["--output-type", "json", "-e", "--age", RECIPIENT, "plain.json"])).stdout,
    );
  });
  afterAll(() => {
    bundle.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const env = (): Record<string, string> => ({ SOPS_AGE_KEY: IDENTITY, TMPDIR: join(dir, "temp") });
  const sops = (args: readonly string[]): ReturnType<typeof runSops> =>
    runSops(args, { cwd: dir, env: env(), program: requirePart("sops"), input: Buffer.from("from stdin\n") });
  const enc = (args: readonly string[]): ReturnType<typeof runSops> =>
    runSops([bundle.program, ...args], {
      cwd: dir,
      env: env(),
      program: process.execPath,
      input: Buffer.from("from stdin\n"),
    });

  const both = [
    ...EXEC_ENV.map((args) => ["exec-env", ...args]),
    ...EXEC_FILE.map((args) => ["exec-file", ...args]),
  ];
  // docs/compat.md: a variable that is not set; the kind of a file without a suffix is told by its content.
  it.each<[string, number, string, string]>([
    ["an empty command", 1, "", 'exec-env a.env ""'],
    ["an empty name of the file", 1, "", 'exec-file --filename "" a.env "cat {}"'],
    ["a sealed JSON file by no name", 0, '{"a": 1}', 'exec-file --input-type json json "cat {}"'],
  ])("otherwise than sops on purpose: %s", async (_, code, stdout, line) => {
    const ours = await enc(shellWords(line) ?? []);
    expect(ours.code, ours.stderr).toBe(code);
    expect(Buffer.from(ours.stdout).toString().replace(/\s/g, "")).toBe(stdout.replace(/\s/g, ""));
  });

  it.each(both.map((args) => [args.join(" "), args] as const))("%s", async (_, args) => {
    const [theirs, ours] = await Promise.all([sops(args), enc(args)]);
    const told = `sops says: ${theirs.stderr}\nenc says: ${ours.stderr}`;
    expect(ours.code, told).toBe(theirs.code);
    expect(Buffer.from(ours.stdout).toString(), told).toBe(Buffer.from(theirs.stdout).toString());
  });

  it("and enc left no file", () => {
    expect(readdirSync(join(dir, "temp")).filter((name) => name.startsWith("enc-"))).toEqual([]);
  });
});
