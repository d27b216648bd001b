import { describe, expect, it } from "vitest";
import type { Host, HttpRequest, HttpResponse } from "../../src/core/ports/host.ts";
import { openTarget } from "../../src/destinations/index.ts";
import { nodeHost } from "../../src/node/host.ts";
import { MOTO_CREDENTIALS } from "../support/servers/moto.ts";

type Answer = Partial<HttpResponse> & { readonly status: number };

/** A host whose requests go nowhere: what a real cloud would get, which no test may call. */
function recorded(
  env: Readonly<Record<string, string>>,
  ...answers: readonly Answer[]
): { host: Host; sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const host: Host = {
    ...nodeHost({ env: { HOME: "/nowhere", ...env } }),
    request(request) {
      const answer = answers[sent.length] ?? { status: 200 };
      sent.push(request);
      return Promise.resolve({ headers: {}, body: new Uint8Array(), ...answer });
    },
  };
  return { host, sent };
}

const S3 = { type: "s3", bucket: "the-bucket", prefix: "a/" } as const;
const GCS = { type: "gcs", bucket: "the-bucket", prefix: "a/" } as const;
const BYTES = new TextEncoder().encode("sealed");

describe("what S3 is sent", () => {
  const env = { ...MOTO_CREDENTIALS, AWS_SESSION_TOKEN: "session" };

  it.each<[string, Record<string, string>, string]>([
    ["no region", {}, "https://the-bucket.s3.us-east-1.amazonaws.com/a/x%20y"],
    ["a region", { AWS_REGION: "eu-west-1" }, "https://the-bucket.s3.eu-west-1.amazonaws.com/a/x%20y"],
    [
      "China",
      { AWS_DEFAULT_REGION: "cn-north-1" },
      "https://the-bucket.s3.cn-north-1.amazonaws.com.cn/a/x%20y",
    ],
    [
      "FIPS",
      { AWS_REGION: "us-east-2", AWS_USE_FIPS_ENDPOINT: "true" },
      "https://the-bucket.s3-fips.us-east-2.amazonaws.com/a/x%20y",
    ],
    ["a host", { AWS_ENDPOINT_URL_S3: "http://minio:9000/" }, "http://the-bucket.minio:9000/a/x%20y"],
    ["an address", { AWS_ENDPOINT_URL: "http://127.0.0.1:9000" }, "http://127.0.0.1:9000/the-bucket/a/x%20y"],
    [
      "a region that is none",
      { AWS_REGION: "evil.example/" },
      "https://the-bucket.s3.us-east-1.amazonaws.com/a/x%20y",
    ],
  ])("%s", async (_, more, url) => {
    const { host, sent } = recorded({ ...env, ...more });
    await (await openTarget(S3, host, undefined)).write("x y", BYTES);
    expect(sent.map((request) => [request.method, request.url, request.body])).toEqual([["PUT", url, BYTES]]);
    expect(sent[0]?.headers).toMatchObject({ "x-amz-security-token": "session" });
    expect(sent[0]?.headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/[\w-]+\/s3\/aws4_request/,
    );
  });

  it("follows the bucket to its region, and no answer of a server that the environment names", async () => {
    const moved = { status: 301, headers: { "x-amz-bucket-region": "eu-central-1" } };
    const { host, sent } = recorded(env, moved);
    const target = await openTarget(S3, host, undefined);
    await target.write("x", BYTES);
    expect(sent.map(({ url }) => new URL(url).host)).toEqual([
      "the-bucket.s3.us-east-1.amazonaws.com",
      "the-bucket.s3.eu-central-1.amazonaws.com",
    ]);
    const named = recorded({ ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:9" }, moved);
    await expect((await openTarget(S3, named.host, undefined)).write("x", BYTES)).rejects.toThrow("HTTP 301");
    expect(named.sent).toHaveLength(1);
    const lured = recorded(env, { status: 301, headers: { "x-amz-bucket-region": "evil.example/" } });
    await expect((await openTarget(S3, lured.host, undefined)).write("x", BYTES)).rejects.toThrow("HTTP 301");
    expect(lured.sent).toHaveLength(1);
  });

  it("tries again what is busy, not what refuses", async () => {
    const { host, sent } = recorded(env, { status: 503 }, { status: 429 });
    await (await openTarget(S3, host, undefined)).write("x", BYTES);
    expect(sent).toHaveLength(3);
    const refusing = recorded(env, { status: 403 });
    const target = await openTarget(S3, refusing.host, undefined);
    await expect(target.write("x", BYTES)).rejects.toMatchObject({ code: "PUBLISH_FAILED" });
    expect(refusing.sent).toHaveLength(1);
  });
});

describe("what Google Cloud Storage is sent", () => {
  const env = { GOOGLE_OAUTH_ACCESS_TOKEN: "t0ken" };

  it("the token, over TLS, through the proxy", async () => {
    const { host, sent } = recorded({ ...env, HTTPS_PROXY: "http://proxy:3128" });
    await (await openTarget(GCS, host, undefined)).write("x y/z", BYTES);
    expect(sent[0]).toMatchObject({
      method: "POST",
      url: "https://storage.googleapis.com/upload/storage/v1/b/the-bucket/o?uploadType=media&name=a%2Fx%20y%2Fz",
      body: BYTES,
      proxy: "http://proxy:3128",
    });
    expect(sent[0]?.headers["authorization"]).toBe("Bearer t0ken");
  });

  it("an emulator gets no token", async () => {
    const { host, sent } = recorded({ ...env, STORAGE_EMULATOR_HOST: "localhost:9/x" });
    await (await openTarget(GCS, host, undefined)).write("x", BYTES);
    expect(sent[0]?.url).toMatch(/^http:\/\/localhost:9\/upload\//);
    expect(sent[0]?.headers["authorization"]).toBeUndefined();
  });

  it("says who is refused, and nothing of the token", async () => {
    for (const [status, code] of [
      [401, "NOT_LOGGED_IN"],
      [403, "PUBLISH_FAILED"],
      [404, "PUBLISH_FAILED"],
    ] as const) {
      const body = new TextEncoder().encode(
        '{"error": {"errors": [{"reason": "forbidden"}], "message": "t0ken"}}',
      );
      const { host } = recorded(env, { status, body });
      const error = await (await openTarget(GCS, host, undefined)).write("x", BYTES).catch((e: unknown) => e);
      expect(error).toMatchObject({ code });
      expect(String(error)).toContain(`(forbidden, HTTP ${String(status)})`);
      expect(String(error)).not.toContain("t0ken");
    }
  });
});
