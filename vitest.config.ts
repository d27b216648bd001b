import { defineConfig } from "vitest/config";

/** `npm run test:newest` leaves out what does not depend on the Node that runs the suite. */
const sameOnEveryNode = ["test/architecture.test.ts", "test/standalone.test.ts"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...(process.env["SUITE"] === "newest" ? sameOnEveryNode : [])],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
