import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { fakeGoogleLogin, type FakeGoogleLogin } from "./gcp-tokens.ts";
import { frame, readMessage, unframe, writeMessage } from "./gcp-wire.ts";
import { answerJson, bodyOf, type CloudWorld, type Route } from "./proxy.ts";

type KeyState = "ENABLED" | "DISABLED" | "DESTROYED";

/** An error of the service: the canonical code by name, and the `reason` of google.rpc.ErrorInfo. */
export interface GcpError {
  readonly status: keyof typeof CODES;
  readonly message: string;
  readonly reason?: string | undefined;
}

export interface FakeGcpKms extends FakeGoogleLogin {
  readonly routes: readonly Route[];
  /** Makes an enabled key; answers its resource id. */
  addKey(name: string): string;
  setState(resourceId: string, state: KeyState): void;
  /** Errors to answer with, one a call, before any work is done. */
  readonly next: GcpError[];
  /** How each call came: `grpc Encrypt`, `rest Decrypt`. */
  readonly calls: string[];
}

/** The canonical codes of google.rpc.Code, and the HTTP status that each is answered with. */
const CODES = {
  CANCELLED: [1, 499],
  INVALID_ARGUMENT: [3, 400],
  DEADLINE_EXCEEDED: [4, 504],
  NOT_FOUND: [5, 404],
  PERMISSION_DENIED: [7, 403],
  RESOURCE_EXHAUSTED: [8, 429],
  FAILED_PRECONDITION: [9, 400],
  INTERNAL: [13, 500],
  UNAVAILABLE: [14, 503],
  UNAUTHENTICATED: [16, 401],
} as const;

interface Key {
  readonly material: Buffer;
  state: KeyState;
}

type Verb = "Encrypt" | "Decrypt";

/** A call, whichever way it came. */
interface Call {
  readonly verb: Verb;
  readonly name: string;
  /** The plaintext of an Encrypt, the ciphertext of a Decrypt. */
  readonly input: Buffer;
}

class Refused extends Error {
  readonly error: GcpError;
  constructor(status: GcpError["status"], message: string, reason?: string) {
    super(message);
    this.error = { status, message, reason };
  }
}

/** Cloud KMS with real AES-256-GCM inside, by gRPC and by REST, and the token endpoint of Google. */
export function fakeGcpKms(): FakeGcpKms {
  const login = fakeGoogleLogin();
  const keys = new Map<string, Key>();
  const next: GcpError[] = [];
  const calls: string[] = [];
  const answer = (call: Call, authorization: string | undefined, { faults }: CloudWorld): Buffer => {
    const failure = next.shift();
    if (failure !== undefined) throw new Refused(failure.status, failure.message, failure.reason);
    if (faults.has("expired") || !login.accepts(authorization))
      throw new Refused("UNAUTHENTICATED", "Request had invalid authentication credentials.");
    if (faults.has("throttled"))
      throw new Refused("RESOURCE_EXHAUSTED", "Quota exceeded for quota metric.", "RATE_LIMIT_EXCEEDED");
    if (faults.has("denied")) throw denied(call);
    return useKey(call, keys);
  };
  const handle = async (
    request: Http2ServerRequest,
    response: Http2ServerResponse,
    world: CloudWorld,
  ): Promise<void> => {
    const isGrpc = request.headers["content-type"]?.startsWith("application/grpc") === true;
    const body = await bodyOf(request);
    const call = isGrpc ? grpcCall(request.url, body) : restCall(request.url, body);
    calls.push(`${isGrpc ? "grpc" : "rest"} ${call.verb}`);
    try {
      const output = answer(call, request.headers.authorization, world);
      if (isGrpc) answerGrpc(response, call, output);
      else answerJson(response, 200, restAnswer(call, output));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (isGrpc) refuseGrpc(response, error.error);
      else refuseRest(response, error.error);
    }
  };
  return {
    ...login,
    next,
    calls,
    routes: [
      { host: /^cloudkms\./, handle },
      { host: "127.0.0.1", handle },
      { host: "oauth2.googleapis.com", handle: login.handle },
    ],
    addKey(name) {
      const id = `projects/test-project/locations/global/keyRings/sops/cryptoKeys/${name}`;
      keys.set(id, { material: randomBytes(32), state: "ENABLED" });
      return id;
    },
    setState(resourceId, state) {
      const key = keys.get(resourceId);
      if (key === undefined) throw new Error(`no key ${resourceId}`);
      key.state = state;
    },
  };
}

const denied = ({ verb, name }: Call): Refused =>
  new Refused(
    "PERMISSION_DENIED",
    `Permission 'cloudkms.cryptoKeyVersions.useTo${verb}' denied on resource '${name}' (or it may not exist).`,
    "IAM_PERMISSION_DENIED",
  );

/** Ciphertext: 12 bytes of IV, 16 of tag, the rest. */
function useKey({ verb, name, input }: Call, keys: ReadonlyMap<string, Key>): Buffer {
  const key = keys.get(name);
  if (key === undefined) throw new Refused("NOT_FOUND", `CryptoKey ${name} not found.`);
  if (key.state !== "ENABLED")
    throw new Refused(
      "FAILED_PRECONDITION",
      `${name}/cryptoKeyVersions/1 is not enabled, current state is: ${key.state}.`,
    );
  if (verb === "Encrypt") {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key.material, iv);
    const body = Buffer.concat([cipher.update(input), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.material, input.subarray(0, 12));
    decipher.setAuthTag(input.subarray(12, 28));
    return Buffer.concat([decipher.update(input.subarray(28)), decipher.final()]);
  } catch {
    throw new Refused(
      "INVALID_ARGUMENT",
      "Decryption failed: verify that 'name' refers to the correct CryptoKey.",
    );
  }
}

/** google.cloud.kms.v1: in both requests field 1 is the name and field 2 the bytes. */
function grpcCall(path: string, body: Buffer): Call {
  const verb = /^\/google\.cloud\.kms\.v1\.KeyManagementService\/(Encrypt|Decrypt)$/.exec(path)?.[1];
  if (verb === undefined) throw new Error(`unknown method ${path}`);
  const fields = readMessage(unframe(body));
  return {
    verb: verb as Verb,
    name: fields.get(1)?.toString() ?? "",
    input: fields.get(2) ?? Buffer.alloc(0),
  };
}

function answerGrpc(response: Http2ServerResponse, { verb, name }: Call, output: Buffer): void {
  const message =
    verb === "Encrypt"
      ? writeMessage([1, `${name}/cryptoKeyVersions/1`], [2, output])
      : writeMessage([1, output]);
  response.writeHead(200, { "content-type": "application/grpc" });
  response.write(frame(message));
  response.addTrailers({ "grpc-status": "0" });
  response.end();
}

/** Details: google.rpc.Status with one google.rpc.ErrorInfo in an Any. */
function refuseGrpc(response: Http2ServerResponse, { status, message, reason }: GcpError): void {
  const code = CODES[status][0];
  const info = writeMessage([1, reason ?? ""], [2, "googleapis.com"]);
  const any = writeMessage([1, "type.googleapis.com/google.rpc.ErrorInfo"], [2, info]);
  const details = writeMessage([1, code], [2, message], [3, any]);
  const headers = {
    ":status": 200,
    "content-type": "application/grpc",
    "grpc-status": String(code),
    // As gRPC percent-encodes: printable ASCII but % stays.
    "grpc-message": message.replace(/[^ -~]|%/g, encodeURIComponent),
    ...(reason === undefined ? {} : { "grpc-status-details-bin": details.toString("base64") }),
  };
  // Go takes an answer without a body only where the headers themselves end the stream.
  response.stream.respond(headers, { endStream: true });
}

function restCall(url: string, body: Buffer): Call {
  const path = new URL(url, "https://cloudkms").pathname;
  const [, name = "", verb = ""] = /^\/v1\/(.+):(encrypt|decrypt)$/.exec(decodeURIComponent(path)) ?? [];
  const json = JSON.parse(body.toString()) as Record<string, string>;
  const input = Buffer.from(json[verb === "encrypt" ? "plaintext" : "ciphertext"] ?? "", "base64");
  return { verb: verb === "encrypt" ? "Encrypt" : "Decrypt", name, input };
}

const restAnswer = ({ verb, name }: Call, output: Buffer): unknown =>
  verb === "Encrypt"
    ? { name: `${name}/cryptoKeyVersions/1`, ciphertext: output.toString("base64") }
    : { plaintext: output.toString("base64") };

function refuseRest(response: Http2ServerResponse, { status, message, reason }: GcpError): void {
  const [, http] = CODES[status];
  const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com" };
  answerJson(response, http, {
    error: { code: http, message, status, ...(reason === undefined ? {} : { details: [info] }) },
  });
}
