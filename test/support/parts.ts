import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, test } from "vitest";

/** Where `scripts/parts.mjs` puts the real programs that the tests run against. */
const CACHE = process.env["ENC_TEST_PARTS"] ?? join(homedir(), ".cache", "sops-ts-test");
const WINDOWS = process.platform === "win32";

/** Where Ansible finds collections, of which `npm run parts` brings community.sops. */
export const COLLECTIONS = join(CACHE, "collections");

/** Where the tools are that people import the package with: a project with its node_modules. */
export const CONSUMERS = join(CACHE, "consumers");

/** The path of a real program: of the cache first, then of PATH. Null where it is not installed. */
export function part(name: string): string | null {
  const folders = [
    join(CACHE, "bin"),
    join(CACHE, "venv", WINDOWS ? "Scripts" : "bin"),
    join(CONSUMERS, "node_modules", ".bin"),
    ...postgresFolders(),
    ...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
  ];
  const file = WINDOWS ? `${name}.exe` : name;
  return folders.map((folder) => join(folder, file)).find(isProgram) ?? null;
}

/** Debian keeps the programs of PostgreSQL's server out of the PATH. */
function postgresFolders(): readonly string[] {
  const versions = "/usr/lib/postgresql";
  if (!existsSync(versions)) return [];
  return readdirSync(versions).map((version) => join(versions, version, "bin"));
}

/** The same for a test that `describeWith` lets run only where the part is there. */
export function requirePart(name: string): string {
  const path = part(name);
  if (path === null) throw new Error(`${name} is not installed: run npm run parts`);
  return path;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * `describe` for tests that need real programs. Where one is missing there is one skipped test in their place that
 * names it; with CI=true that test fails.
 */
export function describeWith(parts: readonly string[], title: string, fn: () => void): void {
  const missing = parts.filter((name) => part(name) === null);
  if (missing.length === 0) {
    describe(title, fn);
    return;
  }
  describe(title, () => {
    test(`needs ${missing.join(", ")}`, (context) => {
      if (process.env["CI"] === "true")
        throw new Error(`${missing.join(", ")} is missing: run npm run parts`);
      context.skip(`${missing.join(", ")} is not installed`);
    });
  });
}
