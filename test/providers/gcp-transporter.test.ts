import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gaxios } from "google-auth-library";
import fetch from "node-fetch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { transporterOf } from "../../src/providers/gcp-kms/transporter.ts";

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url: string;
let seen: Seen[];

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      seen.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const transporter = () => transporterOf({ gaxios, fetch }, null, { host: "127.0.0.1" });

describe("what Google's libraries send", () => {
  const bodies = [
    {
      kind: "a form",
      data: new URLSearchParams({ a: "ä b" }),
      text: "a=%C3%A4+b",
      type: "application/x-www-form-urlencoded;charset=UTF-8",
    },
    { kind: "an object", data: { a: "ä" }, text: '{"a":"ä"}', type: "application/json" },
    { kind: "bytes", data: Buffer.from("ä"), text: "ä", type: undefined },
  ];
  it.each(bodies)("is $kind", async ({ data, text, type }) => {
    await transporter().request({ url, method: "POST", data });
    expect(seen).toMatchObject([
      { body: text, headers: { "content-length": String(Buffer.byteLength(text)) } },
    ]);
    expect(seen[0]?.headers["content-type"]).toBe(type);
    expect(seen[0]?.headers["transfer-encoding"]).toBeUndefined();
  });

  it("rejects where it is cancelled before it is sent, and leaves no error that nobody hears", async () => {
    const signal = AbortSignal.abort();
    const unheard: unknown[] = [];
    const hear = (error: unknown) => void unheard.push(error);
    process.prependListener("uncaughtException", hear);
    try {
      for (const { data } of bodies)
        await expect(transporter().request({ url, method: "POST", data, signal })).rejects.toThrow("aborted");
      await new Promise((later) => setTimeout(later, 20));
    } finally {
      process.removeListener("uncaughtException", hear);
    }
    expect(unheard).toEqual([]);
    expect(seen).toEqual([]);
  });
});
