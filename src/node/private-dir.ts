import { accessSync, closeSync, constants, lstatSync, readdirSync, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { reasonOf } from "./errno.ts";
import { isOwn, removedText } from "./left-overs.ts";
import { fateOf, makerWord } from "./maker.ts";
import { onEnd } from "./on-signal.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs `work` with a folder of mode 0700 for plaintext, removed with all that is in it when `work` ends, fails, or a
 * signal ends this process. It stands in `$XDG_RUNTIME_DIR` where there is one (memory, one user), else in `$TMPDIR`,
 * else where the system keeps temporary files; where nothing can be made there, in the shared memory of Linux. What a
 * run that was killed left there is removed, and told.
 * Throws CANNOT_WRITE where it cannot be made.
 */
export async function withPrivateDir<T>(
  env: Environment,
  work: (dir: string) => Promise<T>,
  tell: (message: string) => void = () => undefined,
): Promise<T> {
  const folder = await makePrivateDir(env, `enc-${makerWord()}-`);
  const left = removeAbandoned(dirname(folder.dir));
  if (left.length > 0) tell(removedText(left));
  try {
    return await work(folder.dir);
  } finally {
    folder.remove();
  }
}

/** A private folder that is there until `remove`, or until this process ends; `leave` hands it to another process. */
export interface PrivateDir {
  readonly dir: string;
  /** Throws CANNOT_WRITE where something is left of it. */
  remove(): void;
  leave(): void;
}

/** The same where somebody else may have to remove the folder: its name says nothing of us, as it may outlive us. */
export async function makePrivateDir(env: Environment, prefix = "enc-"): Promise<PrivateDir> {
  const dir = await make(env, prefix);
  const removeAll = (): void => {
    removeFolder(dir);
  };
  const leave = onEnd(() => {
    try {
      removeAll();
    } catch {
      // A signal ends us: nobody can be told, and what else is to be cleaned up must not suffer.
    }
  });
  const remove = (): void => {
    try {
      removeAll();
    } catch (cause) {
      throw new SopsError("CANNOT_WRITE", `cannot remove the private folder ${dir}: ${reasonOf(cause)}`, {
        hint: "remove it yourself: it may hold plain text",
      });
    } finally {
      leave();
    }
  };
  return { dir, remove, leave };
}

/** To list a folder takes an open file. Where there can be no more, stdin gives way: plain text must not stay. */
function removeFolder(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch (reason) {
    // Node 26 does not say whether it is that.
    if (!closeStdin()) throw reason;
    rmSync(dir, { recursive: true, force: true });
  }
}

let isStdinClosed = false;

/** False where that is done already: by now its number may be that of another file. */
function closeStdin(): boolean {
  if (isStdinClosed) return false;
  isStdinClosed = true;
  try {
    closeSync(0);
    return true;
  } catch {
    return false;
  }
}

/** Names what cannot be written in a private folder. Throws CANNOT_WRITE for whatever `work` throws. */
export async function inPrivateDir<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SopsError("CANNOT_WRITE", `cannot write ${path}: ${reasonOf(cause)}`, {
      hint: "make room there, or set XDG_RUNTIME_DIR to another private folder, best one in memory",
    });
  }
}

const PRIVATE = /^enc-([0-9a-f]+-[0-9a-f]+-[0-9a-f]{8})-[A-Za-z0-9]{6}$/;

/** Removes the folders of our own whose makers are gone. Answers their paths. */
function removeAbandoned(base: string): readonly string[] {
  return namesIn(base).flatMap((name) => {
    const maker = PRIVATE.exec(name)?.[1];
    const path = join(base, name);
    return maker !== undefined && fateOf(maker) === "gone" && isRemoved(path) ? [path] : [];
  });
}

function isRemoved(path: string): boolean {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory() || !isOwn(found.uid)) return false;
    rmSync(path, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

function namesIn(base: string): readonly string[] {
  try {
    return readdirSync(base);
  } catch {
    return [];
  }
}

async function make(env: Environment, prefix: string): Promise<string> {
  const base = baseOf(env);
  try {
    // mkdtemp makes it 0700.
    return await mkdtemp(join(base, prefix));
  } catch (cause) {
    const inMemory = await tryInMemory(prefix);
    if (inMemory !== null) return inMemory;
    throw new SopsError("CANNOT_WRITE", `cannot make a private folder in ${base}: ${reasonOf(cause)}`, {
      hint: "set TMPDIR to a folder where you may write",
    });
  }
}

/** As open to all as /tmp, and on no disk: what a container with a read-only root still has. */
const SHARED_MEMORY = "/dev/shm";

/** Null where there is none (macOS, Windows), or it takes nothing. */
async function tryInMemory(prefix: string): Promise<string | null> {
  try {
    if (process.platform === "win32" || !isKept(SHARED_MEMORY)) return null;
    return await mkdtemp(join(SHARED_MEMORY, prefix));
  } catch {
    return null;
  }
}

/** May nobody else rename or remove what we make there, and put theirs in its place? */
function isKept(path: string): boolean {
  const { mode } = statSync(path);
  return (mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0;
}

const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

function baseOf(env: Environment): string {
  const runtime = env["XDG_RUNTIME_DIR"];
  if (runtime !== undefined && isAbsolute(runtime) && isUsable(runtime)) return runtime;
  const named = env["TMPDIR"];
  return named === undefined || named === "" ? tmpdir() : resolve(named);
}

/** One of another user's session (su keeps the variable) is none for us. */
function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
