import { tryFromUtf8, utf8, wipe } from "../../core/base/bytes.ts";
import { type ErrorCode, SopsError } from "../../core/base/errors.ts";
import type { KeyService } from "../../core/keys/key.ts";
import { unreachable } from "../../providers/network.ts";
import { errnoOf, reasonOf } from "../errno.ts";
import { type Address, formatUri } from "./address.ts";
import { call } from "./call.ts";
import { METHODS, STATUS, StatusError } from "./grpc.ts";
import { decodeResponse, encodeRequest } from "./messages.ts";
import { MalformedMessage } from "./protobuf.ts";

/** The key service at an address, SOPS' own or ours. Its transport is not encrypted: the network must be trusted. */
export function keyServiceAt(address: Address): KeyService {
  return {
    name: formatUri(address),
    async wrap(ref, dataKey, signal) {
      const request = encodeRequest(ref, dataKey);
      try {
        const answer = await ask(address, "encrypt", request, signal);
        const enc = tryFromUtf8(answer);
        if (enc === null || enc === "") throw useless("WRAP_FAILED");
        return enc;
      } finally {
        wipe(request);
      }
    },
    async unwrap({ enc, ...ref }, signal) {
      const answer = await ask(address, "decrypt", encodeRequest(ref, utf8(enc)), signal);
      if (answer.length === 0) throw useless("UNWRAP_FAILED");
      return answer;
    },
  };
}

async function ask(
  address: Address,
  method: keyof typeof METHODS,
  request: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    return decodeResponse(await call(address, METHODS[method], request, signal));
  } catch (error) {
    signal?.throwIfAborted();
    const failed = method === "encrypt" ? "WRAP_FAILED" : "UNWRAP_FAILED";
    throw explained(error, failed);
  }
}

function useless(code: ErrorCode): SopsError {
  return new SopsError(code, "answered with nothing that is of use", {
    hint: "check that it is a key service of sops or enc, of a present version",
  });
}

const CHECK = "check the address, and that sops keyservice or enc keyservice runs there";

/** What a status means to the user, where it says more than that the call failed. */
const MEANINGS: ReadonlyMap<number, readonly [code: ErrorCode, hint: string | undefined]> = new Map([
  [STATUS.PERMISSION_DENIED, ["KEY_DENIED", "ask the one who runs the key service"]],
  [STATUS.UNAUTHENTICATED, ["NOT_LOGGED_IN", "log in where the key service runs"]],
  [STATUS.NOT_FOUND, ["KEY_NOT_FOUND", undefined]],
  [STATUS.FAILED_PRECONDITION, ["KEY_UNUSABLE", undefined]],
  [STATUS.RESOURCE_EXHAUSTED, ["THROTTLED", "wait, then try again"]],
  [STATUS.UNAVAILABLE, ["UNREACHABLE", CHECK]],
  [STATUS.DEADLINE_EXCEEDED, ["UNREACHABLE", "look whether someone is asked for something there"]],
  [STATUS.UNIMPLEMENTED, ["UNREACHABLE", CHECK]],
]);

/** The error is told and not attached: it can hold the request. */
function explained(error: unknown, failed: ErrorCode): SopsError {
  if (error instanceof SopsError) return error;
  if (error instanceof StatusError) {
    const [code, hint] = MEANINGS.get(error.status) ?? [failed, undefined];
    return new SopsError(code, oneLine(error), { hint });
  }
  if (error instanceof MalformedMessage) return useless(failed);
  const { reason, hint } = unreachable(error) ?? { reason: reasonOf(error), hint: CHECK };
  const why = WHY[errnoOf(error) ?? ""] ?? reason;
  return new SopsError("UNREACHABLE", `cannot be reached: ${why}`, { hint });
}

/** What the connection itself tells, where it means something else than elsewhere. */
const WHY: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket",
  ECONNRESET: "the connection was cut",
  ERR_HTTP2_ERROR: "it does not speak gRPC",
};

/** Characters of a server's message that are shown. */
const SHOWN = 500;

/** A server's words: they come from afar, and sops' own are many lines. */
function oneLine({ message, status }: StatusError): string {
  const text = message.replace(/\s+/g, " ").trim();
  if (text === "") return `the call failed with gRPC status ${String(status)}`;
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}
