import { realpathSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { defineConfig } from "vitest/config";

/** `npm run test:newest` leaves out what does not depend on the Node that runs the suite. */
const sameOnEveryNode = [
  "test/architecture.test.ts",
  "test/standalone.test.ts",
  "test/clients/**",
  "test/consumers.test.ts",
  "test/interop/{matrix,publish,legacy,checklist-servers}.test.ts",
];

/** `npm run test:fast`: what needs no program beside Node, and no server. */
const fast = [
  "architecture.test.ts",
  "{core,config,formats,ops,docs}/**/*.test.ts",
  "cli/transcripts.test.ts",
];

const suite = process.env["SUITE"];

/**
 * Programs name their working directory by its real path; the temporary folder is a link on macOS, and on Windows a
 * shortened name.
 */
const temporary = { [process.platform === "win32" ? "TEMP" : "TMPDIR"]: realpathSync.native(tmpdir()) };

export default defineConfig({
  test: {
    env: temporary,
    include: suite === "fast" ? fast.map((name) => `test/${name}`) : ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...(suite === "newest" ? sameOnEveryNode : [])],
    // Most files wait for programs that they start; vitest alone would leave a core for itself.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
