import { type ErrorCode, SopsError } from "../core/base/errors.ts";

/**
 * The exit code of each error: the number that SOPS gives it (command-line.md 2), 1 where SOPS has none.
 * Some commands and phases have other numbers: see `exitCodeOf`.
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

/** What a command is at, where an error means another number than in the rest of the command. */
export type Phase = "adding or removing keys" | "reading a value" | "printing a folder";

interface Row {
  readonly commands: readonly string[];
  /** Undefined: in each of them. */
  readonly phase?: Phase;
  readonly codes: readonly ErrorCode[];
  readonly exit: number;
}

/** Flags alone, as in the older form of SOPS. */
const NO_COMMAND = "";

/** The exceptions of SOPS, by command and phase; the first row that fits counts. */
const ROWS: readonly Row[] = [
  { commands: ["rotate", NO_COMMAND], phase: "adding or removing keys", codes: ["FILE_NOT_FOUND"], exit: 49 },
  { commands: ["set"], phase: "reading a value", codes: ["FILE_NOT_FOUND", "CANNOT_READ"], exit: 1 },
  { commands: ["encrypt", "decrypt", "rotate"], phase: "printing a folder", codes: ["USAGE"], exit: 2 },
  // A missing file has a number of its own in encrypt, decrypt and edit alone.
  {
    commands: ["rotate", "set", "unset", "exec-env", "exec-file", "groups add", "groups delete"],
    codes: ["FILE_NOT_FOUND"],
    exit: 2,
  },
  { commands: ["publish", "updatekeys", "filestatus"], codes: ["FILE_NOT_FOUND"], exit: 1 },
  { commands: ["filestatus"], codes: ["CANNOT_READ"], exit: 1 },
  { commands: ["updatekeys", "groups add", "groups delete"], codes: ["CANNOT_WRITE"], exit: 1 },
  // A path that does not parse is one more malformed argument where a value is changed.
  { commands: ["set", "unset"], codes: ["BAD_PATH"], exit: 7 },
];

/** The exit code of an error of `command` (its name, such as `decrypt`) in `phase`. */
export function exitCodeOf(code: ErrorCode, command: string | undefined, phase?: Phase): number {
  if (OF_PLAIN_INPUT.has(code) && command !== "encrypt") return 1;
  if (code === "BAD_VERSION" && command !== "edit") return 1;
  const fits = (row: Row): boolean =>
    row.codes.includes(code) &&
    row.commands.includes(command ?? NO_COMMAND) &&
    (row.phase === undefined || row.phase === phase);
  return ROWS.find(fits)?.exit ?? EXIT_CODES[code];
}

/** An error together with the phase that it came up in. */
export class PhasedError extends Error {
  readonly error: SopsError;
  readonly phase: Phase;

  constructor(error: SopsError, phase: Phase) {
    super(error.message, { cause: error });
    this.error = error;
    this.phase = phase;
  }
}

/** Says of a SopsError of `work` which phase it came up in. */
export async function during<T>(phase: Phase | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SopsError && phase !== undefined ? new PhasedError(error, phase) : error;
  }
}

/** An error as it was thrown, and its phase. */
export function phaseOf(thrown: unknown): { readonly error: unknown; readonly phase?: Phase } {
  return thrown instanceof PhasedError ? thrown : { error: thrown };
}
