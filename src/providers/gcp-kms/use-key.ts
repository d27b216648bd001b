import type { Host } from "../../core/ports/host.ts";
import { startLimit, untilAborted } from "../network.ts";
import type { KmsClient, Verb } from "./client.ts";
import { callError } from "./errors.ts";
import { failureOf } from "./failure.ts";
import { connectError, loginError } from "./login-errors.ts";
import { withBackOff } from "./retry.ts";
import { withClient } from "./shared-client.ts";

/** A use of a key. `input` is the plaintext or the ciphertext, and the answer is the other of the two. */
interface Use {
  readonly verb: Verb;
  /** Resource id of the key. */
  readonly name: string;
  readonly input: Uint8Array;
}

/**
 * One Encrypt of Cloud KMS, in 30 s at most, with a few more attempts where the service asks for them. `signal` ends
 * it at once, and its reason is what is thrown then. Throws the codes of errors.ts.
 */
export function encrypt(
  name: string,
  input: Uint8Array,
  host: Host,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return useKey({ verb: "encrypt", name, input }, (answer) => answer, host, signal);
}

/** The same for a Decrypt. Null: this key did not make the ciphertext. */
export function decrypt(
  name: string,
  input: Uint8Array,
  host: Host,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  return useKey({ verb: "decrypt", name, input }, nullIfForeign, host, signal);
}

async function useKey<T>(
  use: Use,
  judge: (answer: Promise<Uint8Array>) => Promise<T>,
  host: Host,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  const { signal: limit, end } = startLimit(signal);
  const explained = async <R>(work: Promise<R>, explain: (error: unknown) => Error): Promise<R> => {
    try {
      return await untilAborted(work, limit);
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(error);
    }
  };
  return withClient(host, async (connecting) => {
    const client = await explained(connecting, connectError);
    await explained(client.authorize(), (error) => loginError(error, client.login));
    const answer = withBackOff(() => attempt(client, use, limit), limit);
    return explained(judge(answer), (error) => callError(error, { ...use, client }));
  }).finally(end);
}

async function attempt(
  client: KmsClient,
  { verb, name, input }: Use,
  limit: AbortSignal,
): Promise<Uint8Array> {
  const { result, cancel } = client.call(verb, name, input);
  limit.addEventListener("abort", cancel, { once: true });
  try {
    return await result;
  } finally {
    limit.removeEventListener("abort", cancel);
  }
}

/** The id is well-formed and the key is there: what is wrong with the argument of a Decrypt is the ciphertext. */
async function nullIfForeign(answer: Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await answer;
  } catch (error) {
    if (failureOf(error).status === "INVALID_ARGUMENT") return null;
    throw error;
  }
}
