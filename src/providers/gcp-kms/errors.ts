import { type ErrorCode, SopsError } from "../../core/base/errors.ts";
import type { KmsClient, Verb } from "./client.ts";
import { failureOf, type Failure, type Status } from "./failure.ts";
import { loginAgain } from "./login-errors.ts";
import { networkFailure } from "./network-failure.ts";
import { CHECK_CA } from "../network.ts";
import { pasted } from "../pasted.ts";

/** A call on a key that failed. */
export interface FailedCall {
  readonly verb: Verb;
  readonly name: string;
  readonly client: Pick<KmsClient, "address" | "proxy" | "login" | "roots">;
}

type Told = readonly [code: ErrorCode, why: string, hint: string];

/** The error for people. Nothing of the SDK's error goes along: it holds the plaintext and the token. */
export function callError(error: unknown, call: FailedCall): SopsError {
  if (error instanceof SopsError) return error;
  const failure = failureOf(error);
  const [code, why, hint] = told(failure, call);
  return new SopsError(code, `GCP KMS cannot ${call.verb} with ${call.name}: ${why}`, { hint });
}

function told(failure: Failure, call: FailedCall): Told {
  const byReason = failure.reason === undefined ? undefined : BY_REASON[failure.reason];
  if (byReason !== undefined) return byReason(call, failure);
  const byStatus = failure.status === undefined ? undefined : BY_STATUS[failure.status];
  return byStatus === undefined ? unknownFailure(failure, call) : byStatus(call, failure);
}

type Teller = (call: FailedCall, failure: Failure) => Told;

const projectOf = (name: string): string => name.split("/")[1] ?? "";

/** Reasons that mean something else than their status says. */
const BY_REASON: Readonly<Record<string, Teller>> = {
  SERVICE_DISABLED: ({ name }) => [
    "KEY_DENIED",
    "the Cloud KMS API is off in the project that is billed (SERVICE_DISABLED)",
    `run gcloud services enable cloudkms.googleapis.com --project=${pasted(projectOf(name), "PROJECT")}, or the same for the quota project of your login`,
  ],
  USER_PROJECT_DENIED: () => [
    "KEY_DENIED",
    "your login may not use its quota project (USER_PROJECT_DENIED)",
    "run gcloud auth application-default set-quota-project PROJECT with one of yours, " +
      "or get roles/serviceusage.serviceUsageConsumer on it",
  ],
  BILLING_DISABLED: ({ name }) => [
    "KEY_DENIED",
    "billing is off in the project (BILLING_DISABLED)",
    `switch billing on for ${projectOf(name)}, or for the quota project of your login`,
  ],
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: ({ client }) => [
    "KEY_DENIED",
    `the token of ${client.login} is not for Cloud KMS (ACCESS_TOKEN_SCOPE_INSUFFICIENT)`,
    "get a token with the scope https://www.googleapis.com/auth/cloud-platform",
  ],
};

const PERMISSION = { encrypt: "useToEncrypt", decrypt: "useToDecrypt" } as const;
const ROLE = { encrypt: "cryptoKeyEncrypter", decrypt: "cryptoKeyDecrypter" } as const;

const BY_STATUS: Partial<Readonly<Record<Status, Teller>>> = {
  PERMISSION_DENIED: ({ verb, name, client }) => [
    "KEY_DENIED",
    `permission denied to the login of ${client.login}`,
    `it needs cloudkms.cryptoKeyVersions.${PERMISSION[verb]} on that key: ` +
      `gcloud kms keys add-iam-policy-binding ${pasted(name, "KEY")} --member=MEMBER --role=roles/cloudkms.${ROLE[verb]}`,
  ],
  NOT_FOUND: ({ name }) => [
    "KEY_NOT_FOUND",
    "there is no such key",
    `check the id: gcloud kms keys list --keyring=${pasted(name.replace(/\/cryptoKeys\/[^/]*$/, ""), "KEYRING")}`,
  ],
  FAILED_PRECONDITION: ({ name, verb }, { text }) => [
    "KEY_UNUSABLE",
    `its ${verb === "encrypt" ? "primary version" : "version"} is ${stateIn(text)}`,
    `look at gcloud kms keys versions list --key=${pasted(name, "KEY")}, and run gcloud kms keys versions enable on it ` +
      "(restore it first where its destruction is scheduled)",
  ],
  // Of an Encrypt: that of a Decrypt is not an error but a key that is not ours (use-key.ts).
  INVALID_ARGUMENT: ({ name }) => [
    "KEY_UNUSABLE",
    "it is not a key for encryption (INVALID_ARGUMENT)",
    `the purpose of the key must be ENCRYPT_DECRYPT: gcloud kms keys describe ${pasted(name, "KEY")}`,
  ],
  RESOURCE_EXHAUSTED: () => [
    "THROTTLED",
    "too many requests, and waiting did not help (RESOURCE_EXHAUSTED)",
    "try again in a minute, or have the Cloud KMS quota of the project raised",
  ],
  UNAUTHENTICATED: ({ client }) => [
    "NOT_LOGGED_IN",
    `the login of ${client.login} was not accepted`,
    loginAgain(client.login),
  ],
  UNAVAILABLE: noAnswer,
  DEADLINE_EXCEEDED: noAnswer,
};

/** The states of a key version that cannot be used, as the service names them. */
function stateIn(text: string): string {
  const state =
    /current state is:? *(DISABLED|DESTROYED|DESTROY_SCHEDULED|PENDING_GENERATION|PENDING_IMPORT)/.exec(text);
  return state?.[1] ?? "not enabled";
}

function noAnswer({ client }: FailedCall, failure: Failure): Told {
  const { reason, hint } = networkFailure(failure);
  const way = client.proxy === undefined ? "" : ` through the proxy ${client.proxy}`;
  const onCa =
    hint === CHECK_CA && client.roots !== undefined
      ? `add the CA of your proxy or server to the file of ${client.roots}`
      : hint;
  return ["UNREACHABLE", `no answer from ${client.address}${way}: ${reason}`, onCa];
}

function unknownFailure(failure: Failure, call: FailedCall): Told {
  if (failure.http !== undefined)
    return [
      "UNREACHABLE",
      `${call.client.address} answers HTTP ${String(failure.http)}, and not as Cloud KMS does`,
      "check SOPS_GCP_KMS_ENDPOINT and HTTPS_PROXY",
    ];
  if (failure.status === undefined) return noAnswer(call, failure);
  const reason = failure.reason === undefined ? "" : `, ${failure.reason}`;
  return [
    call.verb === "encrypt" ? "WRAP_FAILED" : "UNWRAP_FAILED",
    `the service answers ${failure.status}${reason}`,
    "try again; if it stays, look at https://status.cloud.google.com",
  ];
}
