import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The program of an optional npm package, or undefined with one visible line where the package is not installed
 * (another platform). With CI=true a missing one fails the run.
 */
export function optionalTool(packageName, program, purpose) {
  const path = locate(packageName, program);
  if (path !== undefined) return path;
  console.log(`skipped: ${purpose} (${packageName} is not installed here)`);
  if (process.env.CI === "true") process.exitCode = 1;
  return undefined;
}

function locate(packageName, program) {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    const path = join(dirname(manifest), "bin", program);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
