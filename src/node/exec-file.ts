import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { argvOf, type Command, exec, execInBackground, type ExecOptions, type ExecResult } from "./exec.ts";
import { serveFifo } from "./fifo.ts";
import { inPrivateDir, makePrivateDir, withPrivateDir } from "./private-dir.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ExecFileOptions extends ExecOptions {
  /** The present environment: where temporary files go, where mkfifo is. */
  readonly ownEnv: Environment;
  /** The path of the plaintext below its private folder. */
  readonly filename: string;
  /** A FIFO, which puts nothing on a disk, or a regular file. */
  readonly fifo: boolean;
  readonly warn: (message: string) => void;
}

/** The default of sops. */
const PLAINTEXT_NAME = "tmp-file";

const PLACEHOLDER = "{}";

/**
 * In the background a shell outlives us: it waits for the command, and then removes the folder. `command -p`: whatever
 * PATH the command runs with, the folder goes.
 */
const REMOVE_AFTERWARDS = 'dir=$1; shift; trap : HUP INT QUIT TERM; "$@"; command -p rm -rf -- "$dir"';

/**
 * Runs a command in which each `{}` stands for the path of a private file that holds `plain`; the file is there for the
 * time of the command. Throws EXEC where the command cannot start, CANNOT_WRITE.
 */
export async function execWithFile(
  plain: Uint8Array,
  command: Command,
  options: ExecFileOptions,
): Promise<ExecResult> {
  return await withPrivateDir(
    options.ownEnv,
    async (dir) => {
      const stop = options.fifo ? await offerFifo(plain, dir, options) : null;
      if (stop === null) await writePlain(plain, join(dir, options.filename));
      try {
        return await exec(withPath(command, join(dir, options.filename)), options);
      } finally {
        await stop?.();
      }
    },
    options.warn,
  );
}

/** The same without a wait. The plaintext is a regular file: who would serve a FIFO is gone. Throws USAGE on Windows. */
export async function execWithFileInBackground(
  plain: Uint8Array,
  command: Command,
  options: ExecFileOptions,
): Promise<void> {
  if (process.platform === "win32")
    throw new SopsError("USAGE", "--background is not available on Windows: nobody would remove the file", {
      hint: "leave it out, and have the shell start enc in the background",
    });
  const folder = await makePrivateDir(options.ownEnv);
  try {
    const file = join(folder.dir, options.filename);
    await writePlain(plain, file);
    const argv = argvOf(withPath(command, file));
    await execInBackground(
      { argv: ["/bin/sh", "-c", REMOVE_AFTERWARDS, "sh", folder.dir, ...argv] },
      options,
    );
    folder.leave();
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** Null where there are no FIFOs: the user is told, as a regular file may reach a disk. */
async function offerFifo(
  plain: Uint8Array,
  dir: string,
  options: ExecFileOptions,
): Promise<(() => Promise<void>) | null> {
  const path = join(dir, options.filename);
  await inPrivateDir(path, () => mkdir(dirname(path), { recursive: true, mode: 0o700 }));
  const spares = await inPrivateDir(dir, () => mkdtemp(join(dir, "spare-")));
  const stop = await serveFifo(plain, { path, spares, env: options.ownEnv });
  if (stop !== null) return stop;
  options.warn("no FIFO can be made here: the plain text is in a private file, as with --no-fifo");
  // A program that failed may have made something.
  await inPrivateDir(path, () => rm(path, { force: true }));
  return null;
}

async function writePlain(plain: Uint8Array, path: string): Promise<void> {
  await inPrivateDir(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, plain, { mode: 0o600, flag: "wx" });
  });
}

function withPath(command: Command, path: string): Command {
  const fill = (text: string): string => text.replaceAll(PLACEHOLDER, () => path);
  return "shell" in command ? { shell: fill(command.shell) } : { argv: command.argv.map(fill) };
}

/** Does the command say where it wants the path? */
export function hasPlaceholder(command: Command): boolean {
  const words = "shell" in command ? [command.shell] : command.argv;
  return words.some((word) => word.includes(PLACEHOLDER));
}

/** The name of the plaintext, checked: it must stay below the private folder. Throws USAGE. */
export function localName(name: string | undefined): string {
  if (name === undefined || name === "") return PLAINTEXT_NAME;
  const path = normalize(name);
  const leaves = isAbsolute(path) || path === ".." || path.startsWith(`..${sep}`) || /^[A-Za-z]:/.test(path);
  if (!leaves && path !== "." && !path.endsWith(sep) && !path.includes("\0")) return path;
  throw new SopsError("USAGE", `${name} is not the name of a file below a folder`, {
    hint: "--filename takes a name, or a path without .. that does not start at the root",
  });
}
