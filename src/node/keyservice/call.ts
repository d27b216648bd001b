import { once } from "node:events";
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import { createConnection, type Socket } from "node:net";
import { LIMITS, limited } from "../../providers/network.ts";
import type { Address } from "./address.ts";
import { CONTENT_TYPE, decodeStatusText, frame, readWhole, STATUS, StatusError, unframe } from "./grpc.ts";

/**
 * One unary call on a connection of its own, plaintext HTTP/2. Throws StatusError where the server says no,
 * errors of the system where it is not reached, and the reason of an aborted signal.
 */
export function call(
  address: Address,
  path: string,
  message: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  return limited(signal, (limit) => dialAndAsk(address, path, message, limit), LIMITS.keyService);
}

async function dialAndAsk(
  address: Address,
  path: string,
  message: Uint8Array,
  limit: AbortSignal,
): Promise<Uint8Array> {
  const socket = await limited(limit, (soon) => dial(address, soon));
  const session = connect(`http://${authorityOf(address)}`, { createConnection: () => socket });
  try {
    return await exchange(session, path, message, limit);
  } finally {
    session.destroy();
  }
}

async function dial(address: Address, signal: AbortSignal): Promise<Socket> {
  const socket = createConnection(address);
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function authorityOf(address: Address): string {
  if (address.network === "unix") return "localhost";
  const { host, port } = address;
  return `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}

async function exchange(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const failed = new Promise<never>((_, reject) => {
    session.on("error", reject);
  });
  return await Promise.race([failed, request(session, path, message, signal)]);
}

async function request(
  session: ClientHttp2Session,
  path: string,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const headers = {
    ":method": "POST",
    ":path": path,
    "content-type": CONTENT_TYPE,
    te: "trailers",
    "user-agent": "sops-ts",
    "grpc-timeout": `${String(Math.ceil(LIMITS.keyService / 1000))}S`,
  };
  const stream = session.request(headers, { signal });
  const told: IncomingHttpHeaders = {};
  stream.on("response", (response) => Object.assign(told, response));
  stream.on("trailers", (trailers: IncomingHttpHeaders) => Object.assign(told, trailers));
  stream.end(frame(message));
  const body = await readWhole(stream);
  // A connection that is cut ends the stream as if it were complete: only the status says that it is.
  checkStatus(told, stream.rstCode);
  return unframe(body);
}

function checkStatus(told: IncomingHttpHeaders, rstCode: number | undefined): void {
  const status = /^\d+$/.exec(String(told["grpc-status"]))?.[0];
  if (status !== undefined) {
    if (Number(status) === STATUS.OK) return;
    throw new StatusError(Number(status), decodeStatusText(String(told["grpc-message"] ?? "")));
  }
  if (told[":status"] !== undefined && told["content-type"]?.startsWith(CONTENT_TYPE) !== true)
    throw new StatusError(STATUS.UNIMPLEMENTED, "it answers, but not with gRPC");
  const cancelled = rstCode === constants.NGHTTP2_CANCEL;
  throw new StatusError(STATUS.UNAVAILABLE, `the connection was cut${cancelled ? " off by the server" : ""}`);
}
