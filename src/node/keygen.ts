import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import { utf8 } from "../core/base/bytes.ts";
import type { Host } from "../core/ports/host.ts";
import { codeOf } from "../core/base/realm.ts";
import { generateIdentity, identityFileText } from "../ops/keygen.ts";
import { defaultKeyFile } from "../providers/age/key-file.ts";

export interface KeygenOptions {
  readonly host: Host;
  readonly now: Date;
  /** A file, or `-` for stdout; default: the place where enc and sops look (`sops/age/keys.txt`). */
  readonly output?: string | undefined;
}

export interface KeygenResult {
  readonly recipient: string;
  /** The file that was written; null: none, print `text`. */
  readonly file: string | null;
  /** The whole key file: a secret. Empty where it was written. */
  readonly text: string;
}

/**
 * Makes an age key and stores it where only its owner can read it. Never overwrites a file and never adds to one.
 * Throws CANNOT_WRITE.
 */
export async function keygen(options: KeygenOptions): Promise<KeygenResult> {
  const pair = await generateIdentity(options.host);
  const text = identityFileText(pair, options.now);
  if (options.output === "-") return { recipient: pair.recipient, file: null, text };
  const file = options.output ?? keyFileOf(options.host);
  await writeSecretFile(file, text, options.output === undefined);
  return { recipient: pair.recipient, file, text: "" };
}

function keyFileOf(host: Host): string {
  const file = defaultKeyFile(host);
  if (typeof file === "string") return file;
  throw new SopsError("CANNOT_WRITE", `there is no place for the key file: ${file.note}`, {
    hint: "name one with --output",
  });
}

/** Its directory is made, for the owner alone, only where the place is our own choice. */
async function writeSecretFile(file: string, text: string, makeDirectory: boolean): Promise<void> {
  try {
    if (makeDirectory) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, "wx", 0o600);
    await fill(handle, text).catch(async (error: unknown) => {
      await rm(file, { force: true });
      throw error;
    });
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** A key file that is not whole must not stay. */
async function fill(handle: FileHandle, text: string): Promise<void> {
  try {
    // The umask may have taken more than it should: the owner must be able to read the key.
    await handle.chmod(0o600);
    await handle.writeFile(utf8(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function cannotWrite(file: string, cause: unknown): SopsError {
  const code = codeOf(cause) ?? "unknown error";
  const place = { file };
  if (code === "EEXIST")
    return new SopsError("CANNOT_WRITE", "the file exists already, and a key file is never overwritten", {
      hint: "use the key in it, or write the new one elsewhere with --output FILE",
      place,
    });
  return new SopsError("CANNOT_WRITE", `cannot write the file (${code})`, {
    hint: code === "ENOENT" ? "make its directory first" : "check that you may write there",
    place,
    cause,
  });
}
