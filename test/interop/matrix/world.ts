import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import type { CliResult } from "../../support/cli.ts";
import { enc, encProgram } from "../../support/cli.ts";
import { requirePart } from "../../support/parts.ts";
import { runSops } from "../../support/real-sops.ts";
import { type Aspect, type Case, type Content, fill, type Sealed, VARIABLES, words } from "./case.ts";
import { difference } from "./compare.ts";

export interface Found {
  readonly aspect: Aspect;
  readonly detail: string;
}

type Run = (argv: readonly string[], place: Place, stdin: Uint8Array) => Promise<CliResult>;
type Bytes = Uint8Array;

/** One program's own folder, with one for temporary files beside it. */
interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly codes: readonly number[];
  readonly stdout: Bytes;
  readonly stderr: string;
  readonly files: ReadonlyMap<string, Bytes>;
  /** Files that a step which failed has changed. */
  readonly touched: readonly string[];
}

/** What these run may change files before it fails. */
const RUNS_OTHERS = new Set(["exec-env", "exec-file", "edit"]);

const sealedOnce = new Map<string, Promise<Bytes>>();

/**
 * Runs a case by both programs and answers in what enc differs; throws where enc breaks a rule of its own. `program`: enc
 * for the cases that need a process.
 */
export async function differences(it: Case, program: string): Promise<readonly Found[]> {
  const root = mkdtempSync(join(tmpdir(), "enc-matrix-"));
  try {
    const files = await contents(it.files);
    const theirs = await play(it, files, place(root, "sops", it), bySops);
    const ours = await play(
      it,
      files,
      place(root, "enc", it),
      it.asProgram === true ? asProgram(program) : byEnc(it.asSops === true),
    );
    if (ours.touched.length > 0) throw new Error(`enc failed and changed ${ours.touched.join(", ")}`);
    const judge = place(root, "judge", { env: { SOPS_AGE_KEY: VARIABLES["KEYS"] ?? "" } });
    return await compare(theirs, ours, judge);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function compare(theirs: Outcome, ours: Outcome, judge: Place): Promise<readonly Found[]> {
  const found: Found[] = [];
  const told = `\nsops: ${theirs.stderr}\nenc: ${ours.stderr}`;
  if (theirs.codes.join() !== ours.codes.join())
    found.push({ aspect: "exit", detail: `sops ${theirs.codes.join()}, enc ${ours.codes.join()}${told}` });
  const printed = await difference(theirs.stdout, ours.stdout, judge);
  if (printed !== null) found.push({ aspect: "stdout", detail: printed + told });
  for (const name of new Set([...theirs.files.keys(), ...ours.files.keys()])) {
    const [a, b] = [theirs.files.get(name), ours.files.get(name)];
    const unequal =
      a === undefined || b === undefined
        ? `only ${a === undefined ? "enc" : "sops"} has it`
        : await difference(a, b, judge);
    if (unequal !== null) found.push({ aspect: "files", detail: `${name}: ${unequal}${told}` });
  }
  return found;
}

async function play(
  it: Case,
  files: ReadonlyMap<string, Bytes | null>,
  at: Place,
  run: Run,
): Promise<Outcome> {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(at.cwd, name)), { recursive: true });
    if (bytes === null) mkdirSync(join(at.cwd, name));
    else writeFileSync(join(at.cwd, name), bytes);
  }
  mkdirSync(join(at.cwd, it.folder ?? ""), { recursive: true });
  const done: CliResult[] = [];
  const touched: string[] = [];
  for (const { argv, stdin } of it.steps) {
    const before = readAll(at.cwd);
    const words = argv.map((word) => fill(word).replaceAll("$DIR", at.cwd));
    const result = await run(words, { ...at, cwd: join(at.cwd, it.folder ?? "") }, bytesOf(stdin ?? ""));
    done.push(result);
    if (result.code !== 0 && !argv.some((word) => RUNS_OTHERS.has(word)))
      touched.push(...changedNames(before, readAll(at.cwd)));
  }
  const printed = Buffer.concat(done.map(({ stdout }) => stdout)).toString("latin1");
  return {
    codes: done.map(({ code }) => code),
    stdout: Buffer.from(printed.replaceAll(at.cwd, "$DIR"), "latin1"),
    stderr: done.map(({ stderr }) => stderr).join(""),
    files: readAll(at.cwd),
    touched,
  };
}

function changedNames(before: ReadonlyMap<string, Bytes>, after: ReadonlyMap<string, Bytes>): string[] {
  const text = (bytes: Bytes | undefined): string | undefined =>
    bytes && Buffer.from(bytes).toString("latin1");
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => text(before.get(name)) !== text(after.get(name)),
  );
}

function place(root: string, name: string, { env = {} }: Pick<Case, "env">): Place {
  const [cwd, home] = [join(root, name), join(root, `${name}.home`)];
  mkdirSync(cwd);
  mkdirSync(home);
  const inPlace = (value: string): string => fill(value).replaceAll("$DIR", cwd);
  const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, inPlace(value)]));
  const common = { PATH: process.env["PATH"] ?? "", HOME: home, TMPDIR: home };
  const key = VARIABLES["KEY1"] ?? "";
  return { cwd, env: { ...common, SOPS_AGE_KEY: key, SOPS_DISABLE_VERSION_CHECK: "1", ...own } };
}

const bySops: Run = async (argv, { cwd, env }, input) => {
  const done = await runSops(argv, { cwd, env: { ...env }, input, program: requirePart("sops") });
  return { ...done, stdout: Buffer.from(done.stdout) };
};
const byEnc =
  (asSops: boolean): Run =>
  (argv, at, stdin) =>
    enc(argv, { ...at, stdin, asSops });
const asProgram =
  (program: string): Run =>
  (argv, at, stdin) =>
    encProgram(program, argv, { ...at, stdin });

/** Null: a folder. */
async function contents(files: Case["files"]): Promise<ReadonlyMap<string, Bytes | null>> {
  const made = Object.entries(files).map(
    async ([name, content]) => [name, await contentOf(content)] as const,
  );
  return new Map(await Promise.all(made));
}

async function contentOf(content: Content): Promise<Bytes | null> {
  if (typeof content === "string") return bytesOf(fill(content));
  if (content instanceof Uint8Array) return content;
  if ("folder" in content) return null;
  const bytes = await seal(content);
  return content.change === undefined ? bytes : bytesOf(content.change(Buffer.from(bytes).toString()));
}

function seal({ plain, type, flags = "--age $AGE1" }: Sealed): Promise<Bytes> {
  const id = JSON.stringify([type, flags, Buffer.from(plain).toString("base64")]);
  const known = sealedOnce.get(id);
  if (known !== undefined) return known;
  const made = sealNow(plain, type, flags);
  sealedOnce.set(id, made);
  return made;
}

async function sealNow(plain: string | Bytes, type: string, flags: string): Promise<Bytes> {
  const cwd = mkdtempSync(join(tmpdir(), "enc-sealed-"));
  try {
    writeFileSync(join(cwd, "plain"), plain);
    const argv = words(`--config config encrypt --input-type ${type} --output-type ${type} ${flags} plain`);
    writeFileSync(join(cwd, "config"), "");
    const { code, stdout, stderr } = await runSops(argv.map(fill), { cwd, program: requirePart("sops") });
    if (code !== 0) throw new Error(`sops encrypt ${flags}: ${stderr}`);
    return stdout;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const bytesOf = (text: string | Bytes): Bytes => (typeof text === "string" ? Buffer.from(text) : text);

function readAll(dir: string): ReadonlyMap<string, Bytes> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return new Map(
    entries
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [relative(dir, path).split(sep).join("/"), new Uint8Array(readFileSync(path))]),
  );
}
