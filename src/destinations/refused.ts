import { SopsError, type ErrorCode } from "../core/base/errors.ts";

/** An answer other than the one that was hoped for. */
export interface Refusal {
  /** `S3: cannot write s3://bucket/name`. */
  readonly what: string;
  readonly status: number;
  /** The service's own word for it, such as NoSuchBucket; undefined where it says none. */
  readonly word: string | undefined;
  /** What to do about 401, 403 and 404. */
  readonly login: string;
  readonly permission: string;
  readonly missing: string;
}

/** The error for people. Nothing of the answer but its status and its word: it can quote what was sent. */
export function refused(refusal: Refusal): SopsError {
  const { what, status, word } = refusal;
  const shown = word === undefined ? `HTTP ${String(status)}` : `${word}, HTTP ${String(status)}`;
  const [code, why, hint] = reasonOf(refusal);
  return new SopsError(code, `${what}: ${why} (${shown})`, { hint });
}

function reasonOf(refusal: Refusal): readonly [code: ErrorCode, why: string, hint: string] {
  const { status, word, login, permission, missing } = refusal;
  if (status === 401 || LOGIN.test(word ?? "")) return ["NOT_LOGGED_IN", "the login is refused", login];
  if (status === 403) return ["PUBLISH_FAILED", "access denied", permission];
  if (status === 404) return ["PUBLISH_FAILED", "there is no such place", missing];
  if (status === 429 || word === "SlowDown")
    return ["THROTTLED", "too many requests", "try again in a minute"];
  if (status === 407)
    return ["UNREACHABLE", "the proxy wants to know who asks", "put user name and password into HTTPS_PROXY"];
  if (status >= 500) return ["UNREACHABLE", "the server fails", "try again later"];
  return ["PUBLISH_FAILED", "the server refuses", "check the destination rule"];
}

/** Words of S3 for a login that does not hold. */
const LOGIN =
  /^(?:ExpiredToken|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch|RequestTimeTooSkewed|TokenRefreshRequired)$/;
