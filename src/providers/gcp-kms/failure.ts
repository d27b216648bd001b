/** The canonical codes of google.rpc.Code: what gRPC numbers and REST names. */
const STATUS_NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;
export type Status = (typeof STATUS_NAMES)[number];

/** What a failed call tells, and nothing of its request: the errors of the SDK hold the plaintext and the token. */
export interface Failure {
  /** Undefined: no answer of the service. */
  readonly status: Status | undefined;
  /** `reason` of google.rpc.ErrorInfo, such as SERVICE_DISABLED. */
  readonly reason: string | undefined;
  /** The status of an HTTP answer that is not one of the service: of a proxy, or of another server. */
  readonly http: number | undefined;
  /** For looking things up in; never for showing. */
  readonly text: string;
  readonly error: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** gRPC: an error with a numbered `code`. REST: one with a `response`, whose message is the JSON of its body. */
export function failureOf(error: unknown): Failure {
  const { code, reason, message, response } = (error ?? {}) as Fields;
  const text = typeof message === "string" ? message : "";
  if (typeof response === "object" && response !== null) return restFailure(error, text, response as Fields);
  const status = typeof code === "number" ? STATUS_NAMES[code] : undefined;
  return { status, reason: safe(reason), http: undefined, text, error };
}

function restFailure(error: unknown, text: string, response: Fields): Failure {
  const body = bodyOf(text);
  const status = STATUS_NAMES.find((name) => name === body?.["status"]);
  const http = Number(response["status"]);
  return {
    status,
    reason: reasonIn(body?.["details"]),
    http: status === undefined ? http : undefined,
    text,
    error,
  };
}

function bodyOf(text: string): Fields | null {
  try {
    const { error } = (JSON.parse(text) ?? {}) as Fields;
    return typeof error === "object" && error !== null ? (error as Fields) : null;
  } catch {
    return null;
  }
}

function reasonIn(details: unknown): string | undefined {
  if (!Array.isArray(details)) return undefined;
  const info = (details as readonly unknown[]).find(
    (each) => typeof each === "object" && each !== null && "reason" in each,
  );
  return safe((info as { reason?: unknown } | undefined)?.reason);
}

/** google.rpc.ErrorInfo says what a reason looks like; anything else is not shown. */
const safe = (reason: unknown): string | undefined =>
  typeof reason === "string" && /^[A-Z][A-Z0-9_]{1,62}$/.test(reason) ? reason : undefined;
