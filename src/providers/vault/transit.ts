import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { openClient, refusalOf, type VaultClient } from "./client.ts";
import { withConnection, type Connection } from "./connection.ts";
import { callRefused, failedCall, type RefusedCall } from "./failure.ts";
import { LOG_IN } from "./token.ts";
import type { TransitKey } from "./transit-key.ts";
import { wordsOf } from "./words.ts";

/** One call: what is sent under which name, and the name of the text that is wanted back. */
interface TransitCall {
  readonly operation: "encrypt" | "decrypt";
  readonly send: Readonly<Record<string, string>>;
  readonly want: string;
}

/** The key wraps `plaintext` (standard base64); answers the `vault:vN:...` text. */
export function encrypt(
  key: TransitKey,
  plaintext: string,
  host: Host,
  signal?: AbortSignal,
): Promise<string> {
  return call(key, { operation: "encrypt", send: { plaintext }, want: "ciphertext" }, host, signal);
}

/** Answers the plaintext in standard base64. */
export function decrypt(
  key: TransitKey,
  ciphertext: string,
  host: Host,
  signal?: AbortSignal,
): Promise<string> {
  return call(key, { operation: "decrypt", send: { ciphertext }, want: "plaintext" }, host, signal);
}

function call(
  key: TransitKey,
  what: TransitCall,
  host: Host,
  signal: AbortSignal | undefined,
): Promise<string> {
  return withConnection({ address: key.address, what: "the key" }, host, signal, (connection) =>
    callBy(connection, key, what),
  );
}

async function callBy(
  connection: Connection,
  key: TransitKey,
  { operation, send, want }: TransitCall,
): Promise<string> {
  const client = await openClient(connection);
  const named = { server: connection.name, operation, engine: key.engine, key: key.name };
  const path = `/${[...key.engine.split("/"), operation, key.name].map(encodeURIComponent).join("/")}`;
  try {
    const text = textIn(await client.request({ method: "PUT", path, json: send }), want);
    if (text !== null) return text;
  } catch (error) {
    if (error instanceof SopsError) throw error;
    connection.signal.throwIfAborted();
    throw await refused(error, named, Object.values(send), client, connection);
  }
  const code = operation === "encrypt" ? "WRAP_FAILED" : "UNWRAP_FAILED";
  throw failedCall(named, code, `its answer has no ${want}`, "check that a transit engine is mounted there");
}

/** `data.NAME` of an answer, where it is a text. */
function textIn(answer: unknown, name: string): string | null {
  const data = typeof answer === "object" && answer !== null && "data" in answer ? answer.data : undefined;
  const text: unknown =
    typeof data === "object" && data !== null
      ? Object.getOwnPropertyDescriptor(data, name)?.value
      : undefined;
  return typeof text === "string" ? text : null;
}

async function refused(
  error: unknown,
  named: Pick<RefusedCall, "server" | "operation" | "engine" | "key">,
  sent: readonly string[],
  client: VaultClient,
  connection: Connection,
): Promise<SopsError> {
  const refusal = refusalOf(error);
  if (refusal === null) return failedCall(named, "UNREACHABLE", "no answer came", "check the address");
  const words = wordsOf(refusal.body, [...sent, connection.token?.text ?? ""]);
  const whole: RefusedCall = { ...named, status: refusal.status, words };
  const isDenial = refusal.status === 401 || refusal.status === 403 || words.includes("missing client token");
  return isDenial ? denied(whole, client, connection) : callRefused(whole);
}

/** A bad token and a missing permission get the same answer: whether the token may look itself up tells them apart. */
async function denied(call: RefusedCall, client: VaultClient, { token }: Connection): Promise<SopsError> {
  if (token === null)
    return failedCall(call, "NOT_LOGGED_IN", "there is no token in VAULT_TOKEN or ~/.vault-token", LOG_IN);
  if (!(await isRefused(client)))
    return failedCall(call, "KEY_DENIED", `the token in ${token.place} may not`, permissionFor(call));
  // A token without the default policy may not look itself up: a missing permission is then not ruled out.
  const cause = `the token in ${token.place} is refused: it has expired, was revoked, or is for another server`;
  return failedCall(call, "NOT_LOGGED_IN", cause, `${LOG_IN}; if it is valid, ${permissionFor(call)}`);
}

function permissionFor({ operation, engine, key }: RefusedCall): string {
  const needed = `the token needs the capability update on ${engine}/${operation}/${key}`;
  return operation === "encrypt" ? `${needed}, and the key must exist` : needed;
}

async function isRefused(client: VaultClient): Promise<boolean> {
  try {
    await client.request({ method: "GET", path: "/auth/token/lookup-self" });
    return false;
  } catch (error) {
    return refusalOf(error)?.status === 403;
  }
}
