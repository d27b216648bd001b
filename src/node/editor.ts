import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { equalBytes } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import { shellWords } from "../core/base/shell-words.ts";
import { childEnvironment } from "./child-environment.ts";
import { hintFor, reasonOf } from "./errno.ts";
import { findProgram } from "./find-program.ts";
import { onEnd } from "./on-signal.ts";
import { inPrivateDir, withPrivateDir } from "./private-dir.ts";
import { readIfPresent } from "./read-input.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Tried in this order where no variable names an editor. */
const USUAL_EDITORS = ["vim", "nano", "vi"];

export interface EditOptions {
  /** The file being edited: the editor sees the same base name, and so the same syntax. */
  readonly name: string;
  readonly cwd: string;
  readonly env: Environment;
  readonly note?: ((message: string) => void) | undefined;
  /** Called with a text that `accept` refused. False: nobody is there to correct it. */
  readonly askAgain: (error: SopsError) => Promise<boolean>;
}

/**
 * Has the user edit a plaintext in a private folder until `accept` takes it, and answers what `accept` made of it.
 * A refused text stays in the editor; where nobody can correct it, it is dropped with the folder, and the error says so.
 * Throws UNCHANGED where the text is closed as it was opened, NO_EDITOR where there is none or it fails.
 */
export async function editText<T>(
  plain: Uint8Array,
  accept: (edited: Uint8Array) => Promise<T>,
  options: EditOptions,
): Promise<T> {
  const argv = findEditor(options.env);
  return await withPrivateDir(
    options.env,
    async (dir) => {
      const file = join(dir, basename(options.name));
      await inPrivateDir(file, () => writeFile(file, plain, { mode: 0o600, flag: "wx" }));
      for (;;) {
        await runEditor([...argv, file], options);
        const edited = await readEdited(file);
        if (equalBytes(edited, plain)) throw unchanged();
        const made = await tryAccept(edited, accept, options);
        if (made !== null) return made.value;
      }
    },
    options.note,
  );
}

async function readEdited(file: string): Promise<Uint8Array> {
  const edited = await readIfPresent(file);
  if (edited !== null) return edited;
  throw new SopsError("CANNOT_READ", "the editor removed the text, nothing was written", {
    hint: "save it under the name that the editor opened",
  });
}

async function tryAccept<T>(
  edited: Uint8Array,
  accept: (edited: Uint8Array) => Promise<T>,
  options: EditOptions,
): Promise<{ readonly value: T } | null> {
  try {
    return { value: await accept(edited) };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    if (await options.askAgain(error)) return null;
    throw new SopsError(error.code, `${error.message}; the edited text was not saved`, {
      hint: error.hint,
      place: error.place,
    });
  }
}

function unchanged(): SopsError {
  return new SopsError("UNCHANGED", "the file was closed without a change, nothing was written", {
    hint: "save the change in the editor; an editor that returns at once needs a flag such as --wait",
  });
}

/** `$SOPS_EDITOR`, else `$EDITOR`, split as a shell would; else the first usual editor on the PATH. */
function findEditor(env: Environment): readonly string[] {
  for (const name of ["SOPS_EDITOR", "EDITOR"]) {
    const line = env[name];
    if (line === undefined || line.trim() === "") continue;
    const words = splitLine(line);
    if (words !== null && words.length > 0) return words;
    throw noEditor(`$${name} is not a command line: a quote or a backslash is left open`);
  }
  const path = env["PATH"] ?? "";
  const usual = USUAL_EDITORS.flatMap((name) => findProgram(name, path) ?? []).at(0);
  if (usual === undefined) throw noEditor("no editor was found");
  return [usual];
}

/** Windows paths are full of backslashes that quote nothing. */
function splitLine(line: string): readonly string[] | null {
  return shellWords(process.platform === "win32" ? line.replaceAll("\\", "\\\\") : line);
}

/** A signal that ends us ends the editor too: its text is about to be removed. */
async function runEditor(argv: readonly string[], options: EditOptions): Promise<void> {
  const [program = "", ...args] = argv;
  const { env, cwd } = options;
  const code = await new Promise<number | string>((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: childEnvironment(env), stdio: "inherit" });
    const forget = onEnd((signal) => {
      if (signal !== null) child.kill(signal);
    });
    child.on("error", (cause) => {
      forget();
      reject(noEditor(`cannot run the editor ${program}: ${reasonOf(cause)}`, cause));
    });
    child.on("exit", (exit, signal) => {
      forget();
      resolve(signal ?? exit ?? "unknown");
    });
  });
  if (code !== 0) throw noEditor(`the editor ${program} ended with ${String(code)}, nothing was written`);
}

function noEditor(message: string, cause?: unknown): SopsError {
  return new SopsError("NO_EDITOR", message, {
    hint: hintFor(cause, "set EDITOR to the command of your editor, for example EDITOR=nano"),
  });
}
