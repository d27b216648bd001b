import { KEY_TYPES } from "../key-types/index.ts";

/** The environment of a new process; null-like entries are left out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** For programs of which the table does not know what they read: names of variables, separated by commas. */
const EXCEPTIONS = "SOPS_TS_CHILD_ENV";

/**
 * The environment of a helper, without the secrets that it does not read. `program`: its name; plugins tell by it what they
 * are.
 *
 * Each key type says which variables hold secrets that are there for enc itself. What enc starts to do something for it (an
 * editor, gpg, mkfifo, a plugin) reads none of them, and often starts others in turn; so it gets none. What the user has
 * enc start for its own sake gets all: the command of exec-env and exec-file, as with sops, and SOPS_AGE_KEY_CMD, which may
 * fetch the key from a vault or a cloud.
 */
export function childEnvironment(environment: Environment, program = ""): Environment {
  const kept = new Set((environment[EXCEPTIONS] ?? "").split(",").map((name) => name.trim()));
  const withheld = new Set(secretsKeptFrom(program));
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !withheld.has(spelling(name)) || kept.has(name)),
  );
}

/** Windows knows `Path` and `PATH` as one name. */
const spelling = (name: string): string => (process.platform === "win32" ? name.toUpperCase() : name);

/** Some age plugins keep their keys in a cloud or a vault, and say so in their name: these get what they log in with. */
function secretsKeptFrom(program: string): readonly string[] {
  const plugin = /age-plugin-([^/\\]+)$/.exec(program)?.[1]?.toLowerCase();
  return KEY_TYPES.flatMap(({ environment }) =>
    plugin !== undefined && environment?.plugins?.test(plugin) === true ? [] : (environment?.secrets ?? []),
  );
}
