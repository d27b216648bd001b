import type { ErrorCode } from "../core/base/errors.ts";

/**
 * The exit code of each error: the number that SOPS gives it (command-line.md 2), 1 where SOPS has none.
 * Some numbers belong to some commands only: see `exitCodeOf`.
 */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  // reading input: CouldNotReadInputFile is 2; all but the file itself are of plain input
  NOT_UTF8: 2,
  PARSE: 2,
  UNSUPPORTED: 2,
  TOP_LEVEL_NOT_MAP: 2,
  DUPLICATE_KEY: 2,
  NON_STRING_KEY: 23,
  NO_DOCUMENT: 92,
  NO_METADATA: 1,
  BAD_METADATA: 1,
  ALREADY_ENCRYPTED: 203,
  FILE_NOT_FOUND: 100,
  CANNOT_READ: 2,
  CANNOT_WRITE: 3,
  // values and integrity: 23 for a walk that seals, 25 for one that opens
  BAD_VALUE: 25,
  VALUE_NOT_ENCRYPTED: 25,
  DECRYPT_VALUE: 25,
  ENCRYPT_VALUE: 23,
  MAC_MISMATCH: 51,
  EMIT: 4,
  // keys: CouldNotRetrieveKey is 128
  NO_KEYS: 1,
  BAD_RECIPIENT: 1,
  BAD_IDENTITY: 128,
  WRAP_FAILED: 1,
  NO_DATA_KEY: 128,
  BAD_SHARES: 128,
  UNKNOWN_KEY_TYPE: 1,
  // what a key's server or program answers; where a file is opened they are reasons of NO_DATA_KEY
  UNWRAP_FAILED: 128,
  KEY_DENIED: 1,
  KEY_NOT_FOUND: 1,
  KEY_UNUSABLE: 1,
  NOT_LOGGED_IN: 1,
  UNREACHABLE: 1,
  THROTTLED: 1,
  ADDRESS_NOT_ALLOWED: 1,
  CANNOT_LOAD: 1,
  // configuration and arguments
  BAD_CONFIG: 1,
  FOREIGN_CONFIG: 1,
  NO_MATCHING_RULE: 1,
  BAD_PATTERN: 1,
  TWO_SELECTORS: 8,
  SELECTED_NOTHING: 1,
  BAD_PATH: 91,
  PATH_NOT_FOUND: 1,
  BAD_SET_VALUE: 7,
  USAGE: 1,
  CONFLICTING_OPTIONS: 8,
  DUPLICATE_KEY_TYPE: 112,
  NO_FILE: 100,
  CANNOT_CHANGE_KEYS: 49,
  BAD_VERSION: 202,
  BAD_ENCRYPTION_CONTEXT: 6,
  // workflow
  PUBLISH_FAILED: 1,
  AUDIT_FAILED: 1,
  UNCHANGED: 200,
  NO_EDITOR: 201,
  CANCELLED: 1,
  EXEC: 1,
};

/** What SOPS tells apart only in a plain file that is to be encrypted; in a sealed one it is an error like any other. */
const OF_PLAIN_INPUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "NOT_UTF8",
  "PARSE",
  "UNSUPPORTED",
  "TOP_LEVEL_NOT_MAP",
  "DUPLICATE_KEY",
  "NON_STRING_KEY",
  "NO_DOCUMENT",
]);

/** Errors for which SOPS has no number in a command, but has one in others. */
const WITHOUT_NUMBER: Readonly<Record<string, ReadonlySet<ErrorCode>>> = {
  publish: new Set<ErrorCode>(["FILE_NOT_FOUND"]),
  updatekeys: new Set<ErrorCode>(["FILE_NOT_FOUND", "CANNOT_WRITE"]),
  "groups add": new Set<ErrorCode>(["CANNOT_WRITE"]),
  "groups delete": new Set<ErrorCode>(["CANNOT_WRITE"]),
  filestatus: new Set<ErrorCode>(["FILE_NOT_FOUND", "CANNOT_READ"]),
};

/** The exit code of an error of `command` (its name, such as `decrypt`): the table, or 1 where only another has it. */
export function exitCodeOf(code: ErrorCode, command: string | undefined): number {
  if (OF_PLAIN_INPUT.has(code) && command !== "encrypt") return 1;
  if (command !== undefined && WITHOUT_NUMBER[command]?.has(code) === true) return 1;
  if (code === "BAD_VERSION" && command !== "edit") return 1;
  return EXIT_CODES[code];
}
