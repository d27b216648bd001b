import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Host, HttpRequest } from "../../src/core/ports/host.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as awsKmsProvider } from "../../src/providers/aws-kms/index.ts";
import { contextText, parseContext } from "../../src/providers/aws-kms/context.ts";
import { sessionName } from "../../src/providers/aws-kms/credentials.ts";
import { fakeHost } from "../support/fake-host.ts";

const ARN = "arn:aws:kms:us-east-1:123456789012:key/612d5f0a-0000-45e6-aca6-a5b005693a48";
const ROLE = "arn:aws:iam::123456789012:role/sops";
const identity = (fields: Record<string, string | Record<string, string>>): string =>
  awsKmsProvider.identity({ type: "kms", fields });

describe("the text that tells two keys apart", () => {
  test.each<[string, Record<string, string | Record<string, string>>]>([
    [ARN, { arn: ARN, aws_profile: "", role: "", context: {} }],
    [`${ARN}+${ROLE}`, { arn: ARN, role: ROLE }],
    [`${ARN}|a:2,b:1`, { arn: ARN, context: { b: "1", a: "2" } }],
    [`${ARN}||work`, { arn: ARN, aws_profile: "work" }],
    [`${ARN}+${ROLE}|a:b|work`, { arn: ARN, role: ROLE, context: { a: "b" }, aws_profile: "work" }],
    ["", {}],
  ])("%s", (text, fields) => {
    expect(identity(fields)).toBe(text);
  });
});

describe("an encryption context", () => {
  test.each([
    ["", undefined],
    ["a:b", { a: "b" }],
    ["b:1,a:2", { b: "1", a: "2" }],
    ["a:", { a: "" }],
    ["a:1,a:2", { a: "2" }],
    [" a:b", { " a": "b" }],
  ])("%j", (text, context) => {
    expect(parseContext(text)).toEqual(context);
  });

  test.each(["a", "a:b:c", "a:b,", ",", "a:b,c"])("%j is none", (text) => {
    expect(() => parseContext(text)).toThrow(expect.objectContaining({ code: "BAD_ENCRYPTION_CONTEXT" }));
  });

  test("is printed sorted, and __proto__ is a name like any other", () => {
    const context = parseContext("b:1,__proto__:x") ?? {};
    expect(contextText(context)).toBe("__proto__:x,b:1");
  });
});

describe("config entries", () => {
  test.each<[string, unknown, string]>([
    ["an id alone", "612d5f0a-0000-45e6-aca6-a5b005693a48", "BAD_RECIPIENT"],
    ["a role in place of a key", ROLE, "BAD_RECIPIENT"],
    ["a region that is more than a name", ARN.replace("us-east-1", "x.example.com/#"), "BAD_RECIPIENT"],
    ["a context of numbers", { arn: ARN, context: { a: 1 } }, "BAD_CONFIG"],
    ["a list as context", { arn: ARN, context: ["a:b"] }, "BAD_CONFIG"],
    ["a role that is no text", { arn: ARN, role: 7 }, "BAD_CONFIG"],
    ["no ARN", { role: ROLE }, "BAD_RECIPIENT"],
  ])("%s is refused", (_name, entry, code) => {
    const hint = expect.any(String) as string;
    expect(() => awsKmsProvider.fromConfig(entry)).toThrow(expect.objectContaining({ code, hint }));
  });

  test("a context may be text, and an empty one is none", () => {
    const of = (context: unknown): unknown => awsKmsProvider.fromConfig({ arn: ARN, context })[0]?.fields;
    expect([of("a:b"), of({}), of(null)]).toEqual([
      { arn: ARN, context: { a: "b" } },
      { arn: ARN },
      { arn: ARN },
    ]);
  });
});

describe("the session of a role", () => {
  test.each([
    ["web-01.example.com", "sops@web01.example.com"],
    ["o'brien's mac", "sops@obriensmac"],
    ["x".repeat(80), `sops@${"x".repeat(59)}`],
  ])("%s", (name, session) => {
    expect(sessionName({ ...fakeHost(), hostName: () => name })).toBe(session);
  });
});

describe("how requests are sent", () => {
  const dir = mkdtempSync(join(tmpdir(), "enc-aws-"));
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  /** The first request of a call, which then fails. */
  async function firstRequest(env: Record<string, string>, fields = {}): Promise<HttpRequest> {
    const sent: HttpRequest[] = [];
    const login = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s3cr3t", AWS_MAX_ATTEMPTS: "1" };
    const host: Host = {
      ...nodeHost({ env: { ...login, ...env } }),
      request: (request) => {
        sent.push(request);
        return Promise.reject(Object.assign(new Error("cut"), { code: "ECONNRESET" }));
      },
    };
    const ref = { type: "kms", fields: { arn: ARN, ...fields } } as const;
    await expect(awsKmsProvider.wrap(ref, new Uint8Array(32), host)).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
    const [first] = sent;
    if (first === undefined) throw new Error("nothing was sent");
    return first;
  }

  test("to the region of the ARN, whatever AWS_REGION says", async () => {
    const { url, proxy } = await firstRequest({ AWS_REGION: "eu-west-1" });
    expect([url, proxy]).toEqual(["https://kms.us-east-1.amazonaws.com/", undefined]);
  });

  test("through HTTPS_PROXY, but for NO_PROXY", async () => {
    const env = { HTTPS_PROXY: "http://proxy.example:3128" };
    expect((await firstRequest(env)).proxy).toBe("http://proxy.example:3128");
    expect((await firstRequest({ ...env, NO_PROXY: ".amazonaws.com" })).proxy).toBeUndefined();
  });

  test("trusting the authorities of AWS_CA_BUNDLE alone", async () => {
    const path = join(dir, "ca.pem");
    writeFileSync(path, "-----BEGIN CERTIFICATE-----\n");
    expect((await firstRequest({ AWS_CA_BUNDLE: path })).tls).toEqual({
      ca: ["-----BEGIN CERTIFICATE-----\n"],
    });
  });

  test("to the server that a variable names for KMS, or for STS", async () => {
    const env = { AWS_ENDPOINT_URL: "http://all.example", AWS_ENDPOINT_URL_KMS: "http://kms.example:4599" };
    expect((await firstRequest(env)).url).toBe("http://kms.example:4599/");
    expect((await firstRequest(env, { role: ROLE })).url).toBe("http://all.example/");
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    expect((await firstRequest(ignored, { role: ROLE })).url).toBe("https://sts.us-east-1.amazonaws.com/");
  });
});
