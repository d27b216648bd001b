import { SopsError } from "../../core/base/errors.ts";
import { messageOf } from "../../core/base/realm.ts";
import { unreachable } from "../../providers/network.ts";
import { errnoOf } from "../errno.ts";

/** What the SQLSTATE of the server means (PostgreSQL, appendix A). */
const STATES: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  "28P01": ["it refuses the password", "correct the connection_string"],
  "28000": ["it refuses the user", "correct the connection_string, or pg_hba.conf of the server"],
  "3D000": ["it has no such database", "correct the connection_string, or create the database"],
  "42P01": ["it has no table audit_event", "create the table as sops' audit/schema.sql does"],
  "42501": [
    "the user may not write to audit_event",
    "GRANT INSERT ON audit_event, and USAGE on its sequence",
  ],
  "42703": ["its table audit_event has other columns", "create the table as sops' audit/schema.sql does"],
  "53300": ["it has too many connections", "try again"],
  "57P03": ["it is starting or stopping", "try again"],
};

/** What the client says of itself. */
const MESSAGES: readonly (readonly [RegExp, why: string, hint: string])[] = [
  [/does not support SSL/, "it has no TLS", "switch TLS on in the server, or write sslmode=disable"],
  [/timeout/i, "it does not answer in time", "check the address and the network"],
  [/terminated|closed/i, "the connection was cut", "look at the log of the server"],
];

/**
 * Why a row was not kept. Of the error only what it is known by: its words can hold the connection string. Never its
 * `cause`, for the same reason.
 */
export function auditFailed(error: unknown): SopsError {
  if (error instanceof SopsError) return error;
  const [why, hint] = reasonOf(error);
  return new SopsError("AUDIT_FAILED", `cannot write to the audit database: ${why}`, {
    hint: `nothing was done: every use of a file must be written down there; ${hint}`,
  });
}

function reasonOf(error: unknown): readonly [why: string, hint: string] {
  const code = errnoOf(error) ?? "";
  const network = unreachable(error);
  const message = messageOf(error);
  const said = MESSAGES.find(([pattern]) => pattern.test(message));
  const known = STATES[code] ?? (network && [network.reason, network.hint]) ?? said?.slice(1);
  if (known !== undefined) return known as readonly [string, string];
  return [
    /^\w{1,40}$/.test(code) ? `it fails (${code})` : "it fails",
    "look at the log of the server, and ask who set up the audit",
  ];
}
