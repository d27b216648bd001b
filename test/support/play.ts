import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { IDENTITY, RECIPIENT } from "./context.ts";
import { enc } from "./cli.ts";
import { type EncStep, matches, parseTranscript, type Scenario, type Step } from "./transcript.ts";

/** What `$NAME` stands for in a transcript. */
export type Variables = Readonly<Record<string, string>>;

/** Throw-away keys. They guard nothing. */
const KEYS: Variables = {
  AGE1: RECIPIENT,
  KEY1: IDENTITY,
  AGE2: "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g",
  KEY2: "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73",
  NODE: process.execPath,
};

/** What the secrets of all transcripts hold, and no message may. */
const CANARY = "c4n4ry";

/** A test for each scenario of a transcript; `more` is known where its servers run, so it is asked for then. */
export function playTranscript(path: string, more: () => Variables = () => ({})): void {
  for (const scenario of parseTranscript(readFileSync(path, "utf8")))
    it(scenario.name, () => play(scenario, { ...KEYS, ...more() }));
}

class World {
  readonly variables: Variables;
  readonly dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  readonly temp = mkdtempSync(join(tmpdir(), "enc-temp-"));
  readonly env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: this.temp,
    TMPDIR: this.temp,
    SOPS_AGE_KEY: IDENTITY,
  };

  constructor(variables: Variables) {
    this.variables = variables;
  }

  close(): void {
    for (const dir of [this.dir, this.temp]) rmSync(dir, { recursive: true, force: true });
  }

  at(name: string): string {
    return join(this.dir, name);
  }

  fill(text: string): string {
    return text.replace(/\$([A-Z]+[0-9]?)\b/g, (whole, name: string) => this.variables[name] ?? whole);
  }

  /** Every file here and in the folder for temporary files, with its bytes. */
  files(): Record<string, string> {
    const found = [this.dir, this.temp].flatMap((dir) =>
      readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
    );
    return Object.fromEntries(
      found
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [relative(this.dir, path), readFileSync(path).toString("latin1")]),
    );
  }
}

async function play(scenario: Scenario, variables: Variables): Promise<void> {
  const world = new World(variables);
  try {
    for (const step of scenario.steps) await playStep(step, world);
    expect(readdirSync(world.temp), "temporary files that are left").toEqual([]);
  } finally {
    world.close();
  }
}

async function playStep(step: Step, world: World): Promise<void> {
  switch (step.type) {
    case "file":
      mkdirSync(join(world.at(step.name), ".."), { recursive: true });
      writeFileSync(world.at(step.name), step.lines.map((line) => `${world.fill(line)}\n`).join(""));
      break;
    case "bytes":
      writeFileSync(world.at(step.name), Buffer.from(step.hex, "hex"));
      break;
    case "run":
      execFileSync("sh", ["-c", step.line], { cwd: world.dir, env: world.env, stdio: "ignore" });
      break;
    case "env":
      world.env[step.name] = world.fill(step.value);
      break;
    case "same":
      expect(readFileSync(world.at(step.a)).toString("latin1")).toBe(
        readFileSync(world.at(step.b)).toString("latin1"),
      );
      break;
    case "has":
      expect(readFileSync(world.at(step.name), "utf8")).toContain(world.fill(step.text));
      break;
    case "lacks":
      expect(readFileSync(world.at(step.name), "utf8")).not.toContain(world.fill(step.text));
      break;
    case "enc":
      await playEnc(step, world);
  }
}

async function playEnc(step: EncStep, world: World): Promise<void> {
  const before = world.files();
  const stdin = step.stdin === undefined ? {} : { stdin: readFileSync(world.at(step.stdin)) };
  const result = await enc(
    step.argv.map((word) => world.fill(word)),
    { cwd: world.dir, env: { ...world.env }, ...stdin },
  );
  const seen = { stdout: result.stdout.toString(), stderr: result.stderr, code: result.code };
  const told = `$ ${step.line}\n${JSON.stringify(seen, null, 1)}`;
  expect(result.code, told).toBe(step.exit);
  if (step.stdout !== undefined) writeFileSync(world.at(step.stdout), result.stdout);
  else expectLines(seen.stdout, fillAll(step.out, world), told);
  expectLines(seen.stderr, fillAll(step.err, world), told);
  expect(seen.stderr, "a secret on stderr").not.toContain(CANARY);
  if (result.code !== 0) expect(world.files(), "files after a failure").toEqual(before);
}

const fillAll = (lines: readonly string[], world: World): string[] => lines.map((line) => world.fill(line));

function expectLines(text: string, wanted: readonly string[], told: string): void {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const good = lines.length === wanted.length && lines.every((line, i) => matches(wanted[i] ?? "", line));
  if (!good) expect(lines, told).toEqual(wanted);
}
