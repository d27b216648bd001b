import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { get } from "node:https";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { answerJson, bodyOf, startCloud, type Cloud, type Handler } from "./proxy.ts";
import { trustInThisProcess } from "./trust.ts";

let cloud: Cloud;
beforeAll(async () => {
  const hosts = [/\.echo\.test$/, "127.0.0.1"];
  cloud = await startCloud({ routes: hosts.map((host) => ({ host, handle: echo })) });
});
afterEach(() => {
  cloud.faults.clear();
});
afterAll(async () => {
  await cloud.stop();
});

const echo: Handler = async (request, response) => {
  const body = await bodyOf(request);
  answerJson(response, 200, { path: request.url, body: body.toString() });
};

/** A TLS connection to `host` through the proxy. */
async function tunnel(host: string, alpn: string): Promise<TLSSocket> {
  const { port } = new URL(cloud.proxyUrl);
  const connect = httpRequest({ host: "127.0.0.1", port, method: "CONNECT", path: `${host}:443` });
  connect.end();
  const [response, socket] = (await once(connect, "connect")) as [{ statusCode: number }, Socket];
  if (response.statusCode !== 200) throw new Error(`CONNECT: ${response.statusCode}`);
  const secure = connectTls({ socket, servername: host, ALPNProtocols: [alpn], ca: cloud.caCert });
  await once(secure, "secureConnect");
  return secure;
}

/** One GET in a Node process of its own; answers what it printed. */
async function fetchInChild(url: string, env: Readonly<Record<string, string>>): Promise<string> {
  const code = `require("https").get(${JSON.stringify(url)}, (r) => r.setEncoding("utf8").on("data", (d) => process.stdout.write(d)))
    .on("error", (e) => process.stdout.write(e.code));`;
  const child = spawn(process.execPath, ["-e", code], { env });
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  await once(child, "close");
  return Buffer.concat(out).toString();
}

describe("the fake cloud", () => {
  it("speaks HTTP/2 where the client asks for it", async () => {
    const socket = await tunnel("a.echo.test", "h2");
    const session = connectHttp2("https://a.echo.test", { createConnection: () => socket });
    const stream = session.request({ ":method": "POST", ":path": "/two?q=1" });
    stream.end("hello");
    const text = Buffer.concat((await stream.toArray()) as Buffer[]).toString();
    session.destroy();
    expect(JSON.parse(text)).toEqual({ path: "/two?q=1", body: "hello" });
    expect(cloud.requests.at(-1)).toMatchObject({
      host: "a.echo.test",
      httpVersion: "2.0",
      path: "/two?q=1",
    });
  });

  it("speaks HTTP/1.1 where the client asks for that", async () => {
    const socket = await tunnel("b.echo.test", "http/1.1");
    socket.write("GET /one HTTP/1.1\r\nHost: b.echo.test\r\nConnection: close\r\n\r\n");
    const text = Buffer.concat((await socket.toArray()) as Buffer[]).toString();
    expect(text).toContain('{"path":"/one","body":""}');
    expect(cloud.requests.at(-1)).toMatchObject({ host: "b.echo.test", httpVersion: "1.1" });
  });

  it("reaches no host that it has no route for", async () => {
    await expect(tunnel("example.com", "h2")).rejects.toThrow("CONNECT: 502");
  });

  it("is trusted by a new process that gets NODE_EXTRA_CA_CERTS, and by no other", async () => {
    expect(await fetchInChild(`${cloud.directUrl}/x`, cloud.envForEnc)).toContain('"path":"/x"');
    expect(await fetchInChild(`${cloud.directUrl}/x`, {})).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  });

  it("is trusted in this process while asked for", async () => {
    const restore = trustInThisProcess(cloud.caCert);
    const sent = get(`${cloud.directUrl}/here`, { agent: false });
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    restore();
    expect(response.statusCode).toBe(200);
  });

  it("shows a certificate that nobody trusts, or is not there, where told", async () => {
    cloud.faults.add("untrusted");
    await expect(tunnel("c.echo.test", "h2")).rejects.toThrow(/unable to verify|issuer/);
    cloud.faults.clear();
    cloud.faults.add("down");
    await expect(tunnel("c.echo.test", "h2")).rejects.toThrow("CONNECT: 502");
  });
});
