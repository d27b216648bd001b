import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { type ErrorCode, SopsError } from "../../../src/core/base/errors.ts";
import type { KeyProvider, KeyRef, KeyService, WrappedKey } from "../../../src/core/keys/key.ts";
import { keyServicesOf } from "../../../src/node/keyservice/index.ts";
import { decodeRequest, encodeRequest, encodeResponse } from "../../../src/node/keyservice/messages.ts";
import type { KeyServiceWorld } from "../../../src/node/keyservice/methods.ts";
import { type RunningService, serve } from "../../../src/node/keyservice/serve.ts";
import { fakeHost } from "../../support/fake-host.ts";

const CANARY = "c4n4ry-c4n4ry-c4n4ry-c4n4ry-c4n4";
const SHARE = utf8(CANARY);

/** What each key of the fake provider does. */
const BEHAVIOUR: Readonly<Record<string, (signal: AbortSignal | undefined) => Promise<never> | undefined>> = {
  denied: () => fail("KEY_DENIED", "you may not"),
  gone: () => fail("KEY_NOT_FOUND", "there is no such key"),
  expired: () => fail("NOT_LOGGED_IN", "the token has expired"),
  busy: () => fail("THROTTLED", "too many calls"),
  down: () => fail("UNREACHABLE", "the vault is down"),
  disabled: () => fail("KEY_UNUSABLE", "the key is disabled"),
  elsewhere: () => fail("ADDRESS_NOT_ALLOWED", "that address is not allowed"),
  odd: () => fail("BAD_METADATA", "Schlüssel\nkaputt 100%"),
  bug: () => Promise.reject(new TypeError(CANARY)),
  waits: (signal) =>
    new Promise((_, reject) => {
      waiting++;
      signal?.addEventListener("abort", () => {
        aborted++;
        reject(new Error("aborted"));
      });
    }),
};
let waiting = 0;
let aborted = 0;

const fail = (code: ErrorCode, message: string): Promise<never> =>
  Promise.reject(new SopsError(code, message));

const recipientOf = ({ fields }: KeyRef): string =>
  typeof fields["recipient"] === "string" ? fields["recipient"] : "";

const provider: KeyProvider = {
  type: "age",
  fields: ["enc", "recipient"],
  identity: recipientOf,
  fromConfig: () => [],
  effort: () => "silent",
  async wrap(ref, dataKey, _, signal) {
    await BEHAVIOUR[recipientOf(ref)]?.(signal);
    return Buffer.from(dataKey).toString("hex");
  },
  async unwrap(key, _, signal) {
    const recipient = recipientOf(key);
    await BEHAVIOUR[recipient]?.(signal);
    return recipient === "other" ? null : Uint8Array.from(Buffer.from(key.enc, "hex"));
  },
  explain: () => Promise.resolve("no identity fits; looked in ~"),
};

const world: KeyServiceWorld = { host: fakeHost(), providers: new Map([["age", provider]]) };
const key = (recipient: string): WrappedKey => ({
  type: "age",
  fields: { recipient },
  enc: Buffer.from(SHARE).toString("hex"),
});

function client(uri: string): KeyService {
  const [service] = keyServicesOf([uri], (line) => {
    throw new Error(line);
  });
  if (service === undefined) throw new Error(`${uri} is no address`);
  return service;
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );

let dir = "";
let tcp: RunningService;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  tcp = await serve({ network: "tcp", host: "127.0.0.1", port: 0 }, world);
});
afterAll(async () => {
  await tcp.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe("client and server", () => {
  it("wrap and unwrap by TCP", async () => {
    expect(tcp.uri).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const enc = await client(tcp.uri).wrap(key("a"), SHARE.slice());
    expect(await client(tcp.uri).unwrap({ ...key("a"), enc })).toEqual(SHARE);
  });

  it.skipIf(process.platform === "win32")("wrap and unwrap by a Unix socket", async () => {
    const unix = await serve({ network: "unix", path: join(dir, "a b%.sock") }, world);
    const uri = `unix://${encodeURI(join(dir, "a b%.sock"))}`;
    expect(await client(uri).unwrap(key("a"))).toEqual(SHARE);
    await unix.stop();
    expect(await failure(client(uri).unwrap(key("a")))).toMatchObject({
      code: "UNREACHABLE",
      message: "cannot be reached: there is no such socket",
    });
  });

  it("serve many calls at the same time", async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => client(tcp.uri).unwrap(key("a"))));
    expect(answers.every((share) => share !== null && Buffer.from(share).equals(SHARE))).toBe(true);
  });

  it.each([
    ["denied", "KEY_DENIED", "you may not"],
    ["gone", "KEY_NOT_FOUND", "there is no such key"],
    ["expired", "NOT_LOGGED_IN", "the token has expired"],
    ["busy", "THROTTLED", "too many calls"],
    ["down", "UNREACHABLE", "the vault is down"],
    ["disabled", "KEY_UNUSABLE", "the key is disabled"],
    ["elsewhere", "KEY_DENIED", "that address is not allowed"],
    ["odd", "UNWRAP_FAILED", "Schlüssel kaputt 100%"],
    ["other", "KEY_NOT_FOUND", "no identity fits; looked in ~"],
    ["bug", "UNWRAP_FAILED", "internal error"],
  ])("tell why %s is not unwrapped", async (recipient, code, message) => {
    expect(await failure(client(tcp.uri).unwrap(key(recipient)))).toMatchObject({ code, message });
  });

  it("say that wrapping failed, and hold nothing of the request in any error", async () => {
    for (const recipient of Object.keys(BEHAVIOUR).filter((name) => name !== "waits")) {
      const error = await failure(client(tcp.uri).wrap(key(recipient), SHARE.slice()));
      expect(error).toBeInstanceOf(SopsError);
      const told = inspect(error, { depth: 10, showHidden: true });
      expect(told).not.toContain(CANARY);
      expect(told).not.toContain(key("a").enc);
    }
    expect(await failure(client(tcp.uri).wrap(key("odd"), SHARE.slice()))).toMatchObject({
      code: "WRAP_FAILED",
    });
  });

  it("a call that is given up is given up there too", async () => {
    const giveUp = new AbortController();
    const [before, stopped] = [waiting, aborted];
    const error = failure(client(tcp.uri).unwrap(key("waits"), giveUp.signal));
    await until(() => waiting > before);
    giveUp.abort(new Error("Ctrl-C"));
    expect(await error).toMatchObject({ message: "Ctrl-C" });
    await until(() => aborted > stopped);
    expect(
      await failure(client(tcp.uri).unwrap(key("a"), AbortSignal.abort(new Error("before")))),
    ).toMatchObject({
      message: "before",
    });
  });

  it("a server that stops ends its calls", async () => {
    const server = await serve({ network: "tcp", host: "127.0.0.1", port: 0 }, world);
    const before = waiting;
    const error = failure(client(server.uri).unwrap(key("waits")));
    await until(() => waiting > before);
    await server.stop();
    expect(await error).toMatchObject({ code: "UNREACHABLE" });
    expect(await failure(client(server.uri).unwrap(key("a")))).toMatchObject({
      code: "UNREACHABLE",
      message: "cannot be reached: nothing listens there (ECONNREFUSED)",
    });
  });

  it("asks before a key is used, and tells what was done", async () => {
    const asked: string[] = [];
    const log: string[] = [];
    const approve = (what: string): Promise<boolean> => {
      asked.push(what);
      return Promise.resolve(what === "decrypt with age key a");
    };
    const server = await serve(
      { network: "tcp", host: "127.0.0.1", port: 0 },
      { ...world, approve, log: (line) => log.push(line) },
    );
    expect(await client(server.uri).unwrap(key("a"))).toEqual(SHARE);
    expect(await failure(client(server.uri).wrap(key("bug"), SHARE.slice()))).toMatchObject({
      code: "KEY_DENIED",
      message: "Request rejected by user",
    });
    await server.stop();
    expect(asked).toEqual(["decrypt with age key a", "encrypt with age key bug"]);
    expect(log).toEqual([
      "decrypt with age key a: done",
      "encrypt with age key bug: Request rejected by user",
    ]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** One call of the reference implementation of gRPC for Node. */
function callByGrpc(path: string, message: Uint8Array, deadline = 10_000): Promise<Uint8Array> {
  const caller = new grpc.Client(tcp.uri.replace("tcp://", ""), grpc.credentials.createInsecure());
  const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  return new Promise((resolve, reject) => {
    caller.makeUnaryRequest(
      path,
      buffer,
      (bytes: Buffer) => Uint8Array.from(bytes),
      message,
      { deadline: Date.now() + deadline },
      (error, answer) => {
        caller.close();
        if (error) reject(error);
        else resolve(answer ?? new Uint8Array());
      },
    );
  });
}

describe("the server, called by another implementation of gRPC", () => {
  it("answers", async () => {
    const answer = await callByGrpc("/KeyService/Encrypt", encodeRequest(key("a"), SHARE));
    expect(answer).toEqual(encodeResponse(utf8(key("a").enc)));
  });

  it.each([
    ["no key at all", "/KeyService/Decrypt", new Uint8Array(), 5, "Must provide a key"],
    [
      "a kind of key that it lacks",
      "/KeyService/Decrypt",
      encodeRequest({ type: "pgp", fields: {} }, SHARE),
      5,
      "keys of type pgp cannot be used here",
    ],
    [
      "what is no message",
      "/KeyService/Decrypt",
      Uint8Array.of(0x0a, 0x7f),
      13,
      "the message cannot be read: cut off",
    ],
    ["another method", "/KeyService/Delete", new Uint8Array(), 12, "unknown method"],
    ["too long a message", "/KeyService/Decrypt", new Uint8Array(2_000_000), 8, "the message is too long"],
    [
      "an enc that is no text",
      "/KeyService/Decrypt",
      encodeRequest(key("a"), Uint8Array.of(0xff)),
      3,
      "the wrapped key is no text",
    ],
    ["odd characters", "/KeyService/Decrypt", encodeRequest(key("odd"), SHARE), 2, "Schlüssel\nkaputt 100%"],
    ["a defect", "/KeyService/Encrypt", encodeRequest(key("bug"), SHARE), 13, "internal error"],
  ])("refuses %s", async (_, path, message, code, details) => {
    expect(await failure(callByGrpc(path, message))).toMatchObject({ code, details });
    expect(await client(tcp.uri).unwrap(key("a"))).toEqual(SHARE);
  });

  it("stops at the caller's deadline", async () => {
    const stopped = aborted;
    expect(
      await failure(callByGrpc("/KeyService/Decrypt", encodeRequest(key("waits"), SHARE), 200)),
    ).toMatchObject({
      code: 4,
    });
    await until(() => aborted > stopped);
  });

  it("refuses what is not gRPC, and serves on", async () => {
    const session = connectHttp2(tcp.uri.replace("tcp:", "http:"));
    const status = await new Promise((resolve) => {
      session.request({ ":path": "/KeyService/Decrypt" }).on("response", (h) => {
        resolve(h[":status"]);
      });
    });
    session.destroy();
    expect(status).toBe(415);
    await expect(fetch(tcp.uri.replace("tcp:", "http:"))).rejects.toThrow();
    expect(await client(tcp.uri).unwrap(key("a"))).toEqual(SHARE);
  });
});

describe("the client", () => {
  const open: { close(): unknown }[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  /** A server of the reference implementation that answers each call so. */
  async function answering(
    answer: (call: Uint8Array, callback: grpc.sendUnaryData<Uint8Array>) => void,
  ): Promise<KeyService> {
    const server = new grpc.Server();
    const method = (path: string): grpc.MethodDefinition<Uint8Array, Uint8Array> => ({
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value) => Buffer.from(value),
      requestDeserialize: (bytes) => bytes,
      responseSerialize: (value) => Buffer.from(value),
      responseDeserialize: (bytes) => bytes,
    });
    const handle: grpc.handleUnaryCall<Uint8Array, Uint8Array> = (call, callback) => {
      answer(call.request, callback);
    };
    server.addService(
      { encrypt: method("/KeyService/Encrypt"), decrypt: method("/KeyService/Decrypt") },
      { encrypt: handle, decrypt: handle },
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    open.push({
      close: () => {
        server.forceShutdown();
      },
    });
    return client(`tcp://127.0.0.1:${String(port)}`);
  }

  it("is understood by another implementation of gRPC", async () => {
    const service = await answering((request, callback) => {
      const { key: asked, payload } = decodeRequest(request);
      callback(
        null,
        encodeResponse(
          utf8(`${asked === null ? "" : recipientOf(asked)} ${Buffer.from(payload).toString()}`),
        ),
      );
    });
    expect(await service.wrap(key("a"), utf8("share"))).toBe("a share");
    expect(await service.unwrap({ ...key("a"), enc: "enc" })).toEqual(utf8("a enc"));
  });

  it.each([
    [grpc.status.PERMISSION_DENIED, "nein, ü\n\n100%", "KEY_DENIED", "nein, ü 100%"],
    [grpc.status.NOT_FOUND, "", "KEY_NOT_FOUND", "the call failed with gRPC status 5"],
    [grpc.status.UNAUTHENTICATED, "log in", "NOT_LOGGED_IN", "log in"],
    [grpc.status.UNAVAILABLE, "later", "UNREACHABLE", "later"],
    [grpc.status.UNKNOWN, "x".repeat(600), "UNWRAP_FAILED", `${"x".repeat(500)}...`],
  ])("takes status %d for what it is", async (code, details, expected, message) => {
    const service = await answering((_, callback) => {
      callback({ code, details });
    });
    expect(await failure(service.unwrap(key("a")))).toMatchObject({ code: expected, message });
  });

  it.each([
    ["an empty answer", new Uint8Array()],
    ["what is no message", Uint8Array.of(0x0a, 0x7f)],
  ])("refuses %s", async (_, answer) => {
    const service = await answering((_request, callback) => {
      callback(null, answer);
    });
    expect(await failure(service.unwrap(key("a")))).toMatchObject({ code: "UNWRAP_FAILED" });
    expect(await failure(service.wrap(key("a"), SHARE.slice()))).toMatchObject({ code: "WRAP_FAILED" });
  });

  it("refuses an answer that is too long", async () => {
    const service = await answering((_, callback) => {
      callback(null, encodeResponse(new Uint8Array(2_000_000)));
    });
    expect(await failure(service.unwrap(key("a")))).toMatchObject({ message: "the message is too long" });
  });

  it.each([
    ["a web server", () => createHttpServer((_, response) => response.end("hello"))],
    ["an HTTP/2 server without gRPC", () => createHttp2Server((_, response) => response.end("hello"))],
    ["something that hangs up at once", () => createTcpServer((socket) => socket.end())],
    [
      "something that hangs up in the middle",
      () => createTcpServer((s) => s.once("data", () => s.destroy())),
    ],
    ["something that resets", () => createTcpServer((s) => s.once("data", () => s.resetAndDestroy()))],
    [
      "an HTTP/2 server that dies in the middle of a call",
      () => createHttp2Server().on("stream", (stream) => stream.session?.destroy()),
    ],
    [
      "a server that ends a call without a status",
      () =>
        createHttp2Server().on("stream", (stream) => {
          stream.respond({ ":status": 200, "content-type": "application/grpc" });
          stream.end(Buffer.alloc(5));
        }),
    ],
  ] as [string, () => Server][])("says that it does not reach %s", async (_, make) => {
    const server = make();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(server);
    const { port } = server.address() as AddressInfo;
    const error = await failure(client(`tcp://127.0.0.1:${String(port)}`).wrap(key("a"), SHARE.slice()));
    expect(error).toMatchObject({
      code: "UNREACHABLE",
      hint: expect.stringContaining("check the") as unknown,
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(CANARY);
  });

  it("warns of what is no address, and goes on", () => {
    const warnings: string[] = [];
    const services = keyServicesOf(["foo", "tcp://a:1", "unix:///b"], (line) => warnings.push(line));
    expect(services.map(({ name }) => name)).toEqual(["tcp://a:1", "unix:///b"]);
    expect(warnings).toEqual([
      "skipping key service foo: it is not of the form tcp://host:port or unix:///path",
    ]);
  });
});
