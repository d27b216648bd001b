import { codeOf } from "../core/base/realm.ts";

/** The system's name of a failure (`ENOENT`), or undefined where the error is none of the system's. */
export const errnoOf = codeOf;

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "read-only file system",
  ENOSPC: "no space left",
  EDQUOT: "disk quota used up",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ENOENT: "no such file or directory",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this system",
  EPIPE: "the reader is gone",
  EBUSY: "it is in use",
  ETXTBSY: "it is being run",
  EFBIG: "too large",
  ERR_FS_FILE_TOO_LARGE: "larger than 2 GiB",
  ERR_INVALID_ARG_VALUE: "the name is not valid",
};

/** Has this process, or the system, as many files open as it may? */
export function isOutOfFiles(error: unknown): boolean {
  return ["EMFILE", "ENFILE"].includes(errnoOf(error) ?? "");
}

/** What to do: `usual`, but where `isOutOfFiles`. */
export function hintFor(error: unknown, usual: string): string {
  return isOutOfFiles(error) ? "raise the limit of open files, pipes and sockets: ulimit -n 256" : usual;
}

/** The cause of a system failure in a few words that hold nothing of the file. */
export function reasonOf(error: unknown): string {
  const code = errnoOf(error);
  return code === undefined ? "unknown error" : (WORDS[code] ?? code);
}
