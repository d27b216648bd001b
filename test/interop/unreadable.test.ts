import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type CliResult, enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { shellWords } from "../../src/core/base/shell-words.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { runSops, type SopsResult } from "../support/real-sops.ts";
import { hasPermissions, NOBODY, unprivileged } from "../support/unprivileged.ts";

/*
 * Files and folders that may not be read, written or entered, given to both programs by a user who has no rights: the same
 * exit code, nothing on stdout, nothing changed. Root is refused nothing, so the suite becomes nobody where it is root.
 */

const PLAIN = "a: x\n";
/** What is there, and its mode; null: a folder. */
const THINGS: Readonly<Record<string, readonly [number, "sealed" | "plain" | "rules" | null]>> = {
  "open.yaml": [0o666, "sealed"],
  "plain.yaml": [0o666, "plain"],
  "none.yaml": [0o000, "sealed"],
  "plain-none.yaml": [0o000, "plain"],
  "read.yaml": [0o444, "sealed"],
  "value.txt": [0o000, "plain"],
  ".sops.yaml": [0o444, "rules"],
  "none.rules.yaml": [0o000, "rules"],
  closed: [0o000, null],
  fixed: [0o555, null],
};

const LINES: readonly string[] = [
  "encrypt --age $R plain-none.yaml",
  "encrypt -i --age $R plain-none.yaml",
  "encrypt --age $R closed/f.yaml",
  "encrypt --age $R --output read.yaml plain.yaml",
  "encrypt --age $R --output fixed/new.yaml plain.yaml",
  "encrypt --age $R --output closed/new.yaml plain.yaml",
  "--config none.rules.yaml encrypt plain.yaml",
  "--config none.rules.yaml encrypt --age $R plain.yaml",
  "--config none.rules.yaml decrypt open.yaml",
  "decrypt none.yaml",
  "decrypt -i none.yaml",
  "decrypt closed/f.yaml",
  "decrypt -i read.yaml",
  "decrypt --output fixed/new.yaml open.yaml",
  "rotate none.yaml",
  "rotate -i none.yaml",
  "rotate -i --add-age $R none.yaml",
  "rotate -i read.yaml",
  `set none.yaml '["a"]' '"y"'`,
  `set read.yaml '["a"]' '"y"'`,
  `set --value-file open.yaml '["a"]' value.txt`,
  `unset none.yaml '["a"]'`,
  `unset read.yaml '["a"]'`,
  "edit none.yaml",
  "edit read.yaml",
  "edit --age $R fixed/new.yaml",
  "updatekeys -y none.yaml",
  "updatekeys -y read.yaml",
  "groups add -f none.yaml --age $R",
  "groups add -i -f read.yaml --age $R",
  "groups delete -i -f read.yaml 0",
  "groups delete -f none.yaml 0",
  "exec-env none.yaml true",
  "exec-file none.yaml true",
  "filestatus none.yaml",
  "filestatus closed/f.yaml",
  "publish -y none.yaml",
  "-d none.yaml",
  "-e plain-none.yaml",
  "-r none.yaml",
  `--set '["a"] "y"' none.yaml`,
];

/** Another age recipient, so that there is something to change. */
const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";

let dir = "";
let sops = "";
let text = "";

beforeAll(async () => {
  const programs = mkdtempSync(join(tmpdir(), "enc-program-"));
  chmodSync(programs, 0o755);
  sops = join(programs, "sops");
  copyFileSync(requirePart("sops"), sops);
  chmodSync(sops, 0o755);
  writeFileSync(join(programs, "plain.yaml"), PLAIN);
  const argv = ["encrypt", "--age", RECIPIENT, "plain.yaml"];
  const made = await runSops(argv, { cwd: programs, program: sops });
  expect(made.code, made.stderr).toBe(0);
  text = Buffer.from(made.stdout).toString();
  return () => {
    rmSync(programs, { recursive: true });
  };
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-unreadable-"));
  chmodSync(dir, 0o777);
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function place(name: string): string {
  const cwd = join(dir, name);
  mkdirSync(cwd);
  mkdirSync(join(dir, `${name}.home`));
  const texts = {
    sealed: text,
    plain: PLAIN,
    rules: `creation_rules:\n  - age: ${RECIPIENT},${OTHER}\ndestination_rules:\n  - vault_path: x\n    vault_address: http://127.0.0.1:1\n`,
  };
  for (const [thing, [mode, kind]] of Object.entries(THINGS)) {
    if (kind === null) mkdirSync(join(cwd, thing));
    else writeFileSync(join(cwd, thing), texts[kind]);
    chmodSync(join(cwd, thing), mode);
  }
  for (const open of [cwd, `${cwd}.home`]) chmodSync(open, 0o777);
  return cwd;
}

const environment = (cwd: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: `${cwd}.home`,
  TMPDIR: `${cwd}.home`,
  SOPS_AGE_KEY: IDENTITY,
  SOPS_DISABLE_VERSION_CHECK: "1",
  EDITOR: `sh -c 'printf "c: d\\n" >> "$1"' editor`,
});

/** Names and texts, as root or the owner sees them. */
function contents(cwd: string): Readonly<Record<string, string>> {
  for (const [name, [, kind]] of Object.entries(THINGS))
    chmodSync(join(cwd, name), kind === null ? 0o777 : 0o666);
  const names = readdirSync(cwd, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(cwd, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(cwd, name), "utf8")]));
}

const canRun = hasPermissions && process.env["ENC_BIN"] === undefined;

/** The same line by both, and where enc was. */
async function byBoth(line: string): Promise<{ bySops: SopsResult; byEnc: CliResult; ours: string }> {
  const argv = (shellWords(line) ?? []).map((word) => word.replace("$R", OTHER));
  const [theirs, ours] = [place("sops"), place("enc")];
  const uid = process.geteuid?.() === 0 ? { uid: NOBODY } : {};
  const bySops = await runSops(argv, { cwd: theirs, env: environment(theirs), program: sops, ...uid });
  const byEnc = await unprivileged(() => enc(argv, { cwd: ours, env: environment(ours) }));
  return { bySops, byEnc, ours };
}

describeWith(["sops"], "by a user without rights", () => {
  it.runIf(canRun).each(LINES)("%s", async (line) => {
    const { bySops, byEnc, ours } = await byBoth(line);
    expect(byEnc.code, `sops: ${bySops.stderr}\nenc: ${byEnc.stderr}`).toBe(bySops.code);
    expect(byEnc.code).not.toBe(0);
    if (!line.startsWith("updatekeys")) expect(byEnc.stdout.toString()).toBe("");
    expect(contents(ours)).toEqual(contents(place("untouched")));
  });

  it.runIf(canRun)("edit of a new file where none can be: sops after the editor, enc before it", async () => {
    const { bySops, byEnc, ours } = await byBoth("edit --age $R closed/new.yaml");
    expect([bySops.code, byEnc.code]).toEqual([3, 2]);
    expect(contents(ours)).toEqual(contents(place("untouched")));
  });
});
