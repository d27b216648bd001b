import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { wipe } from "../../core/base/bytes.ts";
import { startLimit } from "../../providers/network.ts";
import {
  CONTENT_TYPE,
  encodeStatusText,
  frame,
  type Method,
  METHODS,
  readWhole,
  STATUS,
  StatusError,
  timeoutOf,
  unframe,
} from "./grpc.ts";

/** Answers one call. Throws StatusError for what the caller may know; anything else is told as an internal error. */
export type Handler = (method: Method, message: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;

/** Calls that one connection may have open at a time. */
const MOST_CALLS = 100;
/** Milliseconds for which the rest of a refused request is still taken. */
const REST_TIME = 1000;

/** A gRPC server of the key service's two unary methods, not listening yet. `signal` ends the calls that are open. */
export function grpcServer(handler: Handler, signal: AbortSignal): Http2Server {
  const server = createServer({ settings: { maxConcurrentStreams: MOST_CALLS, enablePush: false } });
  server.on("stream", (stream, headers) => {
    // A caller that is gone needs no answer.
    stream.on("error", () => undefined);
    void answer(stream, headers, handler, signal);
  });
  // What does not speak HTTP/2 is cut off; the others are served on.
  server.on("sessionError", () => undefined);
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  signal.addEventListener("abort", () => {
    for (const session of sessions) session.destroy();
  });
  return server;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

async function answer(
  stream: ServerHttp2Stream,
  headers: Headers,
  handler: Handler,
  signal: AbortSignal,
): Promise<void> {
  if (headers[":method"] !== "POST" || headers["content-type"]?.includes(CONTENT_TYPE) !== true) {
    stream.respond({ ":status": 415 }, { endStream: true });
    return;
  }
  try {
    const method = methodAt(headers[":path"]);
    // A stream that is too long must stay open for the answer.
    const message = unframe(await readWhole(stream.iterator({ destroyOnReturn: false })));
    reply(stream, await handler(method, message, lifetimeOf(stream, headers, signal)));
  } catch (error) {
    refuse(stream, error);
  }
}

function methodAt(path: Headers[string]): Method {
  if (path === METHODS.encrypt) return "encrypt";
  if (path === METHODS.decrypt) return "decrypt";
  throw new StatusError(STATUS.UNIMPLEMENTED, "unknown method");
}

/** Ends when the caller gives up or its deadline is over, or when the server stops. */
function lifetimeOf(stream: ServerHttp2Stream, headers: Headers, signal: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const ends = AbortSignal.any([gone.signal, signal]);
  const limit = startLimit(ends, timeoutOf(headers["grpc-timeout"]) ?? Infinity);
  stream.on("close", () => {
    gone.abort();
    limit.end();
  });
  return limit.signal;
}

function reply(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.closed || stream.destroyed) return;
  const framed = frame(message);
  wipe(message);
  stream.on("close", () => {
    wipe(framed);
  });
  stream.respond({ ":status": 200, "content-type": CONTENT_TYPE }, { waitForTrailers: true });
  stream.on("wantTrailers", () => {
    stream.sendTrailers({ "grpc-status": String(STATUS.OK) });
  });
  stream.end(framed);
}

function refuse(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.closed || stream.destroyed || stream.headersSent) return;
  const { status, message } =
    error instanceof StatusError ? error : { status: STATUS.INTERNAL, message: "internal error" };
  const trailers = { "grpc-status": String(status), "grpc-message": encodeStatusText(message) };
  stream.respond({ ":status": 200, "content-type": CONTENT_TYPE, ...trailers }, { endStream: true });
  if (!stream.readableEnded) discardRest(stream);
}

/**
 * What is left of a request that is refused. It is read for a moment and thrown away, then cut off: a reset right behind
 * the trailers makes clients on Node 26 lose these.
 */
function discardRest(stream: ServerHttp2Stream): void {
  const timer = setTimeout(() => {
    stream.close(constants.NGHTTP2_NO_ERROR);
  }, REST_TIME);
  stream.on("close", () => {
    clearTimeout(timer);
  });
  stream.resume();
}
