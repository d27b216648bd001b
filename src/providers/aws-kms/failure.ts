import { type ErrorCode, SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { isError, messageOf } from "../../core/base/realm.ts";
import { hintOnCa, unreachable } from "../network.ts";
import { pasted } from "../pasted.ts";
import type { KmsKey } from "./key.ts";

export type Call = "wrap" | "unwrap";

interface Reason {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
}

/** What was asked of KMS, for the permission that it needs. */
const PERMISSION: Readonly<Record<Call, string>> = { wrap: "kms:Encrypt", unwrap: "kms:Decrypt" };

/**
 * Why KMS or STS failed, as an error that says what to do. Of the SDK's error only its name, its status and the ARN of
 * the caller are used: the rest can hold the request, and with it the data key. Never its `cause`, for the same reason.
 */
export function kmsFailure(error: unknown, call: Call, key: KmsKey, host?: Host): SopsError {
  if (error instanceof SopsError) return ofKey(error, key);
  const { code, why, hint: usual } = reasonOf(error, call, key);
  const hint = host === undefined ? usual : hintOnCa(usual, host, "AWS_CA_BUNDLE");
  return new SopsError(code, `AWS KMS ${nameOf(key)}: ${why}`, { hint });
}

/** What is wrong with the login, for which key: a command can have many. */
function ofKey(error: SopsError, key: KmsKey): SopsError {
  const { code, message, hint, cause } = error;
  if (code !== "NOT_LOGGED_IN" && code !== "UNREACHABLE") return error;
  return new SopsError(code, `AWS KMS ${nameOf(key)}: ${message}`, { hint, cause });
}

function nameOf({ arn, role, profile }: KmsKey): string {
  return `${arn}${role === undefined ? "" : ` as ${role}`}${profile === undefined ? "" : ` (profile ${profile})`}`;
}

function reasonOf(error: unknown, call: Call, key: KmsKey): Reason {
  const name = errorName(error);
  const known = REASONS[name];
  if (known !== undefined) return known(error, call, key);
  return offline(error, key) ?? byStatus(error, name, call, key) ?? unknownReason(name, call);
}

type Explain = (error: unknown, call: Call, key: KmsKey) => Reason;

const always =
  (code: ErrorCode, why: string, hint: string): Explain =>
  () => ({ code, why, hint });

const denied: Explain = (error, call, key) => {
  const who = /^User: (arn:[\w+=,.@:/-]+) is not authorized/.exec(messageOf(error))?.[1];
  const role = /sts:AssumeRole/.test(messageOf(error)) ? key.role : undefined;
  const permission = role === undefined ? PERMISSION[call] : "sts:AssumeRole";
  return {
    code: "KEY_DENIED",
    why: `access denied${who === undefined ? "" : ` to ${who}`}`,
    hint: `give it ${permission} on ${role ?? key.arn}, in its IAM policy and in the ${role === undefined ? "key policy" : "role's trust policy"}`,
  };
};

const notFound: Explain = (_error, _call, { arn, region }) => ({
  code: "KEY_NOT_FOUND",
  why: `there is no such key or alias in ${region}`,
  hint: `check region, account and id of the ARN: aws kms describe-key --region ${pasted(region, "REGION")} --key-id ${pasted(arn, "ARN")}`,
});

const disabled: Explain = (_error, _call, { arn, region }) => ({
  code: "KEY_UNUSABLE",
  why: "the key is disabled",
  hint: `enable it: aws kms enable-key --region ${pasted(region, "REGION")} --key-id ${pasted(arn, "ARN")}`,
});

const wrongState: Explain = (error, _call, { arn, region }) => {
  const deleted = /pending deletion|PendingDeletion/i.test(messageOf(error));
  return {
    code: "KEY_UNUSABLE",
    why: deleted ? "the key is about to be deleted" : "the key is in a state in which it cannot be used",
    hint: deleted
      ? `keep it: aws kms cancel-key-deletion --region ${pasted(region, "REGION")} --key-id ${pasted(arn, "ARN")}`
      : `look at its KeyState: aws kms describe-key --region ${pasted(region, "REGION")} --key-id ${pasted(arn, "ARN")}`,
  };
};

const wrongCiphertext: Explain = (_error, _call, { context }) => ({
  code: "UNWRAP_FAILED",
  why: "what is wrapped does not belong to this key or to its encryption context",
  hint:
    Object.keys(context).length === 0
      ? "restore the metadata of the file from git; enc needs the context under which it was encrypted there"
      : "restore the metadata of the file from git: its enc, arn and context belong together",
});

const login = (why: string): Explain => {
  return (_error, _call, { profile }) => ({
    code: "NOT_LOGGED_IN",
    why,
    hint: `log in again: aws sso login${profile === undefined ? "" : ` --profile ${pasted(profile, "PROFILE")}`}, or set new credentials`,
  });
};

/** What the SDK says when no source has credentials, or the one that should have fails. */
const noCredentials: Explain = (error, call, key) => {
  const message = messageOf(error);
  if (/\bexpired|refresh|sso login/i.test(message)) return login("the login has expired")(error, call, key);
  if (/MFA|multi-factor/i.test(message))
    return {
      code: "NOT_LOGGED_IN",
      why: "its role needs an MFA code, and nobody can be asked",
      hint: "run the command on a terminal, or set the credentials of a session",
    };
  if (key.profile !== undefined)
    return {
      code: "NOT_LOGGED_IN",
      why: "the profile has no credentials here",
      hint: `set it up: aws configure --profile ${pasted(key.profile, "PROFILE")}, or aws sso login --profile ${pasted(key.profile, "PROFILE")}`,
    };
  return {
    code: "NOT_LOGGED_IN",
    why: "no AWS credentials were found",
    hint: "log in with aws sso login, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  };
};

const expired = login("the credentials have expired");
const invalid = login("the credentials are not valid");
const throttled = always(
  "THROTTLED",
  "too many requests, again and again",
  "wait a little, or ask for a higher KMS quota",
);
const skewed = always(
  "NOT_LOGGED_IN",
  "the time of the request is not accepted",
  "set the clock of this machine",
);
const wrongUse = always(
  "KEY_UNUSABLE",
  "the key is not made for this",
  "use a symmetric key of usage ENCRYPT_DECRYPT",
);

/** By the name of the error, as KMS, STS and the SDK spell it. */
const REASONS: Readonly<Record<string, Explain>> = {
  AccessDenied: denied,
  AccessDeniedException: denied,
  NotAuthorized: denied,
  OptInRequired: always("KEY_DENIED", "the account does not have this service", "activate it, or its region"),
  NotFoundException: notFound,
  InvalidArnException: notFound,
  DisabledException: disabled,
  KMSInvalidStateException: wrongState,
  KeyUnavailableException: wrongState,
  InvalidKeyUsageException: wrongUse,
  InvalidCiphertextException: wrongCiphertext,
  IncorrectKeyException: wrongCiphertext,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  RequestExpired: skewed,
  RequestTimeTooSkewed: skewed,
  InvalidClientTokenId: invalid,
  InvalidSignatureException: invalid,
  IncompleteSignature: invalid,
  IncompleteSignatureException: invalid,
  MissingAuthenticationToken: invalid,
  MissingAuthenticationTokenException: invalid,
  SignatureDoesNotMatch: invalid,
  UnrecognizedClientException: invalid,
  CredentialsProviderError: noCredentials,
  TokenProviderError: noCredentials,
  // Of the metadata server of a machine.
  ProviderError: noCredentials,
  LimitExceededException: throttled,
  RequestLimitExceeded: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
};

function offline(error: unknown, { region }: KmsKey): Reason | null {
  const why = unreachable(error);
  if (why === null) return null;
  const unknownName = why.reason.includes("ENOTFOUND");
  return {
    code: "UNREACHABLE",
    why: `its server was not reached: ${why.reason}`,
    hint: unknownName ? `${why.hint}; ${region} must be a region of AWS` : why.hint,
  };
}

/** An answer that is not of KMS' own making, such as a proxy's, has a status at least. */
function byStatus(error: unknown, name: string, call: Call, key: KmsKey): Reason | null {
  const status = statusOf(error) ?? 0;
  if (status === 401 || status === 403) return denied(error, call, key);
  if (status === 407)
    return {
      code: "UNREACHABLE",
      why: "the proxy wants to know who asks (407)",
      hint: "put user name and password into HTTPS_PROXY",
    };
  if (status < 500) return null;
  return {
    code: "UNREACHABLE",
    why: `its server failed with status ${String(status)} (${name})`,
    hint: "try again later; https://health.aws.amazon.com shows what is wrong there",
  };
}

function unknownReason(name: string, call: Call): Reason {
  return {
    code: call === "wrap" ? "WRAP_FAILED" : "UNWRAP_FAILED",
    why: `the call failed (${name})`,
    hint: `try the same with the aws program: aws kms ${call === "wrap" ? "encrypt" : "decrypt"}`,
  };
}

/** A name that is surely no more than that. */
function errorName(error: unknown): string {
  const name = isError(error) ? error.name : "";
  return /^\w{1,60}$/.test(name) ? name : "unknown error";
}

function statusOf(error: unknown): number | undefined {
  const { $metadata: metadata, $response: response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  return metadata?.httpStatusCode ?? response?.statusCode;
}
