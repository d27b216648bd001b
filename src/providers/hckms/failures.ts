import { SopsError, type ErrorCode } from "../../core/base/errors.ts";
import { unreachable } from "../network.ts";
import { textAt, type Response } from "./http.ts";

type Operation = "encrypt-data" | "decrypt-data" | "list-projects";
type Known = readonly [code: ErrorCode, reason: string, hint: string];

const PERMISSIONS: Readonly<Record<Operation, string>> = {
  "encrypt-data": "kms:cmk:encryptData",
  "decrypt-data": "kms:cmk:decryptData",
  "list-projects": "iam:projects:listProjects",
};

/** Codes of KMS that say more than their status, which is 400 or 403 for all of them. */
const CODES: Readonly<Record<string, Known>> = {
  "KMS.0205": [
    "KEY_NOT_FOUND",
    "there is no such key",
    "check the id, the region and HUAWEICLOUD_SDK_PROJECT_ID",
  ],
  "KMS.0209": ["KEY_UNUSABLE", "the key is disabled", "enable it in the console of KMS"],
  "KMS.0210": ["KEY_UNUSABLE", "the key is about to be deleted", "cancel its deletion in the console of KMS"],
};

/** Why no answer came. What `fetch` threw is not kept: it can hold the request. */
export function networkFailure(error: unknown, operation: Operation): SopsError {
  const network = unreachable(error);
  if (network !== null) return new SopsError("UNREACHABLE", network.reason, { hint: network.hint });
  return new SopsError(failedBy(operation), "the call failed", {
    hint: "repeat the command; check the network",
  });
}

/** What a refusal means. Of the answer only the status and the code are said. */
export function answerFailure({ status, body }: Response, operation: Operation): SopsError {
  const told = codeOf(body);
  const [code, reason, hint] = CODES[told] ?? byStatus(status, operation);
  const source = told === "" ? String(status) : `${status}, ${told}`;
  return new SopsError(code, `${reason} (${source})`, { hint });
}

function codeOf(body: unknown): string {
  const code =
    textAt(body, "error", "error_code") ?? textAt(body, "error_code") ?? textAt(body, "error", "code") ?? "";
  return /^[\w.-]{1,40}$/.test(code) ? code : "";
}

function byStatus(status: number, operation: Operation): Known {
  if (status === 401)
    return [
      "NOT_LOGGED_IN",
      "the access key is wrong or has expired",
      "check HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_SDK_SECURITY_TOKEN, and this machine's clock",
    ];
  if (status === 403) return ["KEY_DENIED", "no permission", `grant ${PERMISSIONS[operation]}`];
  if (status === 404)
    return ["KEY_NOT_FOUND", "there is no such key or project", "check the id and the region"];
  if (status === 429)
    return ["THROTTLED", "the service asks to slow down", "wait a few seconds and repeat the command"];
  if (status === 502 || status === 503 || status === 504)
    return ["UNREACHABLE", "the service is not there", "repeat the command later"];
  if (status === 400 && operation === "decrypt-data")
    return [
      "UNWRAP_FAILED",
      "it cannot decrypt this",
      "the file was changed, or the key is not the one that it was sealed with",
    ];
  return [
    failedBy(operation),
    "the service did not do it",
    "repeat the command; if it stays, see the log of KMS",
  ];
}

const failedBy = (operation: Operation): ErrorCode =>
  operation === "decrypt-data" ? "UNWRAP_FAILED" : "WRAP_FAILED";
