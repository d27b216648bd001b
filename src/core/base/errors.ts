/** Where in the user's text something is wrong. Lines and columns count from 1, columns in characters. */
export interface Place {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Key path, list indices included, as the user would type it: `["a"][0]`. */
  readonly path?: string | undefined;
}

/** Every code that a `SopsError` may carry. `docs/errors.md` explains each; a test keeps the two equal. */
export const ERROR_CODES = [
  // reading input
  "NOT_UTF8",
  "PARSE",
  "UNSUPPORTED",
  "TOP_LEVEL_NOT_MAP",
  "DUPLICATE_KEY",
  "NON_STRING_KEY",
  "NO_DOCUMENT",
  "NO_METADATA",
  "BAD_METADATA",
  "ALREADY_ENCRYPTED",
  "FILE_NOT_FOUND",
  "CANNOT_READ",
  "CANNOT_WRITE",
  // values and integrity
  "BAD_VALUE",
  "VALUE_NOT_ENCRYPTED",
  "DECRYPT_VALUE",
  "ENCRYPT_VALUE",
  "MAC_MISMATCH",
  "EMIT",
  // keys
  "NO_KEYS",
  "BAD_RECIPIENT",
  "BAD_IDENTITY",
  "WRAP_FAILED",
  "NO_DATA_KEY",
  "BAD_SHARES",
  "UNKNOWN_KEY_TYPE",
  "UNWRAP_FAILED",
  "KEY_DENIED",
  "KEY_NOT_FOUND",
  "KEY_UNUSABLE",
  "NOT_LOGGED_IN",
  "UNREACHABLE",
  "THROTTLED",
  "ADDRESS_NOT_ALLOWED",
  "CANNOT_LOAD",
  // configuration and arguments
  "BAD_CONFIG",
  "FOREIGN_CONFIG",
  "NO_MATCHING_RULE",
  "BAD_PATTERN",
  "TWO_SELECTORS",
  "SELECTED_NOTHING",
  "BAD_PATH",
  "PATH_NOT_FOUND",
  "BAD_SET_VALUE",
  "USAGE",
  "CONFLICTING_OPTIONS",
  "DUPLICATE_KEY_TYPE",
  "NO_FILE",
  "BAD_VERSION",
  "BAD_ENCRYPTION_CONTEXT",
  // workflow
  "PUBLISH_FAILED",
  "AUDIT_FAILED",
  "UNCHANGED",
  "NO_EDITOR",
  "CANCELLED",
  "EXEC",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A master key that did not give the data key: what was tried, and why it failed. */
export interface KeyAttempt {
  readonly key: {
    readonly type: string;
    readonly fields: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  };
  /** What tells the key apart among those of its type, for people. */
  readonly identity: string;
  /** The key group that it belongs to, from 0. */
  readonly group: number;
  /** The address of the key service that was asked; undefined: the key was tried here. */
  readonly service?: string | undefined;
  /** NOT_MINE: nothing failed, no key of yours fits. FAILED: a provider that is not ours threw something of its own. */
  readonly code: ErrorCode | "NOT_MINE" | "FAILED";
  readonly message: string;
  readonly hint?: string | undefined;
  /** What was thrown. */
  readonly cause?: unknown;
}

export interface SopsErrorOptions {
  /** The next thing to do, as a sentence or a command. Never holds a secret. */
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  readonly cause?: unknown;
  /** Of NO_DATA_KEY. */
  readonly attempts?: readonly KeyAttempt[] | undefined;
}

/** What every copy of this class puts on its errors, and asks for. */
const BRAND = Symbol.for("sops-ts.SopsError");

/**
 * The only error that this library throws on purpose.
 * `message` says the cause: lower case, no full stop, never a secret, never a plaintext.
 *
 * `instanceof SopsError` holds for the errors of every copy of this library: the ESM and the CommonJS one, one that a
 * bundler made, one in another realm (Jest, node:vm). The class does not name itself, lest a bundler rename it.
 */
export class SopsError extends Error {
  override readonly name = "SopsError";
  readonly code: ErrorCode;
  /** The next thing to do. */
  readonly hint: string | undefined;
  /** Where in the user's text or files it is wrong. */
  readonly place: Place | undefined;
  /** Of NO_DATA_KEY: each key of the groups that did not open. Its `cause` holds what they threw. */
  readonly attempts: readonly KeyAttempt[] | undefined;

  constructor(code: ErrorCode, message: string, options: SopsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.place = options.place;
    this.attempts = options.attempts;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstance(this, value);
  }

  /** The same error with more of its place known; what is already known wins. */
  at(place: Place): SopsError {
    return placed(this, place);
  }

  /** For JSON.stringify, which takes the message of no other error. The cause, which may hold anything, stays behind. */
  toJSON(): Pick<SopsError, "name" | "code" | "message" | "hint" | "place"> {
    const { name, code, message, hint, place } = this;
    return { name, code, message, hint, place };
  }
}

/** A subclass knows its own by their prototypes, as ever. */
function isInstance(asked: unknown, value: unknown): boolean {
  if (asked !== SopsError) return Function.prototype[Symbol.hasInstance].call(asked, value);
  return typeof value === "object" && value !== null && BRAND in value;
}

function placed(error: SopsError, place: Place): SopsError {
  const { code, message, hint, cause, attempts, stack } = error;
  const copy = new SopsError(code, message, { hint, place: { ...place, ...error.place }, cause, attempts });
  if (stack !== undefined) copy.stack = stack;
  return copy;
}
