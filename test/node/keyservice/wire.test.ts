import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import type { KeyRef } from "../../../src/core/keys/key.ts";
import { formatUri, parseHostPort, parseUri } from "../../../src/node/keyservice/address.ts";
import {
  decodeStatusText,
  encodeStatusText,
  frame,
  LONGEST_MESSAGE,
  readWhole,
  timeoutOf,
  unframe,
} from "../../../src/node/keyservice/grpc.ts";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
} from "../../../src/node/keyservice/messages.ts";
import { MalformedMessage } from "../../../src/node/keyservice/protobuf.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (of: Uint8Array): string => Buffer.from(of).toString("hex");

/** Each kind of key with every field that its message has. */
const KEYS: readonly KeyRef[] = [
  { type: "kms", fields: { arn: "arn:a", role: "r", context: { a: "b", "": "", é: "ü" }, aws_profile: "p" } },
  { type: "kms", fields: { arn: "arn:a", role: "", context: {}, aws_profile: "" } },
  { type: "pgp", fields: { fp: "ABCD!" } },
  { type: "gcp_kms", fields: { resource_id: "projects/p" } },
  { type: "azure_kv", fields: { vault_url: "https://v", name: "n", version: "" } },
  { type: "hc_vault", fields: { vault_address: "https://v", engine_path: "e/f", key_name: "k" } },
  { type: "age", fields: { recipient: "age1" } },
  { type: "hckms", fields: { key_id: "r:id" } },
];

describe("messages", () => {
  it.each(KEYS)("$type goes there and back", (key) => {
    const payload = utf8("x".repeat(300));
    expect(decodeRequest(encodeRequest(key, payload))).toEqual({ key, payload });
  });

  // By hand from the .proto file of SOPS: tag = field number * 8 + 2, then the length.
  it.each([
    [{ type: "age", fields: { recipient: "ab" } }, "0a06" + "3204" + "0a026162" + "1201ff"],
    [{ type: "pgp", fields: { fp: "ab" } }, "0a06" + "1204" + "0a026162" + "1201ff"],
    [
      { type: "kms", fields: { context: { k: "v" } } },
      "0a0a" + "0a08" + "1a06" + "0a016b" + "120176" + "1201ff",
    ],
    [{ type: "hckms", fields: {} }, "0a02" + "3a00" + "1201ff"],
  ] as [KeyRef, string][])("%j has the bytes of protobuf", (key, expected) => {
    expect(hex(encodeRequest(key, bytes("ff")))).toBe(expected);
  });

  it("leaves out what is not a field of the message: enc, dates", () => {
    const dated: KeyRef = { type: "pgp", fields: { fp: "ab", created_at: "2026-01-01T00:00:00Z" } };
    expect(hex(encodeRequest(dated, bytes("ff")))).not.toContain(hex(utf8("2026")));
  });

  it("skips fields of versions to come", () => {
    const extra = "1801" + "2100000000000000ff" + "2d000000ff" + "ca3e0161";
    expect(decodeRequest(bytes(extra + "0a06" + "3204" + "0a026162" + extra))).toEqual({
      key: { type: "age", fields: { recipient: "ab" } },
      payload: bytes(""),
    });
  });

  it.each([
    ["no key", ""],
    ["an empty key", "0a00"],
    ["a kind of key to come", "0a03" + "420161"],
  ])("%s is null", (_, of) => {
    expect(decodeRequest(bytes(of)).key).toBeNull();
  });

  it.each([
    ["a length beyond the end", "0a05"],
    ["a tag that is cut off", "8a"],
    ["a number without an end", "08" + "ff".repeat(11)],
    ["field 0", "0200"],
    ["a group", "0b0c"],
    ["a length of 2^63", "0a" + "80".repeat(9) + "01"],
    ["text that is not UTF-8", "0a05" + "3203" + "0a01ff"],
  ])("refuses %s", (_, of) => {
    expect(() => decodeRequest(bytes(of))).toThrow(MalformedMessage);
  });

  it("answers bytes as they are", () => {
    for (const payload of [bytes(""), bytes("00ff0a"), new Uint8Array(70_000).fill(7)])
      expect(decodeResponse(encodeResponse(payload))).toEqual(payload);
  });
});

describe("frames", () => {
  it("have a prefix of five bytes", () => {
    expect(hex(frame(bytes("abcd")))).toBe("0000000002abcd");
    expect(unframe(bytes("0000000002abcd"))).toEqual(bytes("abcd"));
    expect(unframe(bytes("0000000000"))).toEqual(bytes(""));
  });

  it.each([
    ["nothing", ""],
    ["half a prefix", "000000"],
    ["a message that is cut off", "0000000002ab"],
    ["two messages", "00000000000000000000"],
    ["a compressed one", "0100000000"],
  ])("refuses %s", (_, of) => {
    expect(() => unframe(bytes(of))).toThrow();
  });

  it("stops reading what is too long", async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 65_536;
        yield await Promise.resolve(new Uint8Array(65_536));
      }
    }
    await expect(readWhole(endless())).rejects.toMatchObject({ status: 8 });
    expect(read).toBeLessThan(2 * LONGEST_MESSAGE);
  });
});

describe("status texts", () => {
  it.each(["plain", "100%", "zwei\nZeilen, ü, 🔑", "\u0000~ "])("%j goes there and back", (text) => {
    const encoded = encodeStatusText(text);
    expect(encoded).toMatch(/^[ -~]*$/);
    expect(decodeStatusText(encoded)).toBe(text);
  });

  it("are encoded byte by byte, and shown as they come where they do not decode", () => {
    expect(encodeStatusText("ü%")).toBe("%C3%BC%25");
    expect(encodeStatusText("\ud800")).toBe("%EF%BF%BD");
    expect(decodeStatusText("100% sure")).toBe("100% sure");
  });
});

describe("timeouts", () => {
  it.each([
    ["300S", 300_000],
    ["5m", 5],
    ["1H", 3_600_000],
    ["1500u", 2],
    ["100000000S", undefined],
    ["S", undefined],
    ["5", undefined],
    [undefined, undefined],
  ])("%j is %j milliseconds", (header, expected) => {
    expect(timeoutOf(header)).toBe(expected);
  });
});

describe("addresses", () => {
  it.each([
    ["tcp://localhost:5000", { network: "tcp", host: "localhost", port: 5000 }],
    ["tcp://127.0.0.1:5000/", { network: "tcp", host: "127.0.0.1", port: 5000 }],
    ["tcp://[::1]:5000", { network: "tcp", host: "::1", port: 5000 }],
    ["unix:///run/a.sock", { network: "unix", path: "/run/a.sock" }],
    ["unix:a.sock", { network: "unix", path: "a.sock" }],
    ["unix:///with%20space", { network: "unix", path: "/with space" }],
  ])("reads %s", (uri, expected) => {
    expect(parseUri(uri)).toEqual(expected);
  });

  it.each([
    "",
    "localhost:5000",
    "tcp://localhost",
    "tcp://localhost:99999",
    "tcp://user@host:1",
    "tcp://::1:5000",
    "http://localhost:5000",
    "unix://",
    "unix://a.sock",
    "unix:",
  ])("does not take %j for one", (uri) => {
    expect(parseUri(uri)).toBeNull();
  });

  it("writes what it reads", () => {
    for (const uri of ["tcp://localhost:1", "tcp://[::1]:65535", "unix:///a"]) {
      const address = parseUri(uri);
      expect(address && formatUri(address)).toBe(uri);
    }
    expect(parseHostPort(":5000")).toEqual({ network: "tcp", host: "", port: 5000 });
  });
});
