import { unreachable, type Unreachable } from "../network.ts";
import type { Failure } from "./failure.ts";

/** What TLS says, where grpc-js keeps only the message, and the code that Node gives it elsewhere. */
const TLS_MESSAGES: readonly (readonly [text: string, code: string])[] = [
  ["self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"],
  ["self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["unable to get local issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  ["certificate has expired", "CERT_HAS_EXPIRED"],
  ["does not match certificate's altnames", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["wrong version number", "EPROTO"],
  ["Name resolution failed", "ENOTFOUND"],
];

const NO_ANSWER: Unreachable = {
  reason: "the connection failed",
  hint: "check the network, HTTPS_PROXY and SOPS_GCP_KMS_ENDPOINT",
};

/** Why the service did not answer: by the error's code, or by what its text tells where it has none. */
export function networkFailure<T>(failure: Failure, otherwise: T): Unreachable | T;
export function networkFailure(failure: Failure): Unreachable;
export function networkFailure({ error, status, text }: Failure, otherwise: unknown = NO_ANSWER): unknown {
  const byCode = unreachable(error);
  if (byCode !== null) return byCode;
  const code =
    status === "DEADLINE_EXCEEDED"
      ? "ETIMEDOUT"
      : (/\bE[A-Z]{3,}(?:_[A-Z]+)*\b/.exec(text)?.[0] ??
        TLS_MESSAGES.find(([part]) => text.includes(part))?.[1]);
  const byText = code === undefined ? null : unreachable(Object.assign(new Error(), { code }));
  return byText ?? otherwise;
}
