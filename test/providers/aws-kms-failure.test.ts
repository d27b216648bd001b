import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SopsError } from "../../src/core/base/errors.ts";
import type { Host } from "../../src/core/ports/host.ts";
import type { KeyRef, WrappedKey } from "../../src/core/keys/key.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as awsKmsProvider } from "../../src/providers/aws-kms/index.ts";
import { type KmsErrorServer, kmsErrorServer } from "../support/servers/kms-errors.ts";
import { MOTO_CREDENTIALS } from "../support/servers/moto.ts";

const ARN = "arn:aws:kms:eu-west-1:123456789012:key/612d5f0a-0000-45e6-aca6-a5b005693a48";
const REF: KeyRef = { type: "kms", fields: { arn: ARN } };
const KEY: WrappedKey = { ...REF, enc: Buffer.from("ciphertext").toString("base64") };
const DATA_KEY = new Uint8Array(32).fill(77);

let server: KmsErrorServer;
beforeAll(async () => {
  server = await kmsErrorServer();
});
afterAll(async () => {
  await server.stop();
});

const hostWith = (env: Readonly<Record<string, string>> = {}): Host =>
  nodeHost({ env: { ...MOTO_CREDENTIALS, AWS_ENDPOINT_URL_KMS: server.url, AWS_MAX_ATTEMPTS: "1", ...env } });

async function failureOf(call: Promise<unknown>): Promise<SopsError> {
  try {
    await call;
  } catch (error) {
    return error as SopsError;
  }
  throw new Error("this call must fail");
}

describe("what KMS answers", () => {
  test.each<[type: string, status: number, message: string, code: string, says: RegExp]>([
    [
      "AccessDeniedException",
      400,
      "User: arn:aws:iam::1:user/me is not authorized to perform: kms:Decrypt on resource",
      "KEY_DENIED",
      /denied to arn:aws:iam::1:user\/me.*kms:Decrypt on arn:aws:kms/,
    ],
    [
      "NotFoundException",
      400,
      "Key is not there",
      "KEY_NOT_FOUND",
      /in eu-west-1.*describe-key --region eu-west-1/,
    ],
    ["DisabledException", 400, "is disabled", "KEY_UNUSABLE", /disabled.*enable-key/],
    [
      "KMSInvalidStateException",
      400,
      "arn is pending deletion.",
      "KEY_UNUSABLE",
      /deleted.*cancel-key-deletion/,
    ],
    ["KMSInvalidStateException", 400, "arn is pending import.", "KEY_UNUSABLE", /state.*describe-key/],
    ["InvalidKeyUsageException", 400, "", "KEY_UNUSABLE", /ENCRYPT_DECRYPT/],
    ["InvalidCiphertextException", 400, "", "UNWRAP_FAILED", /encryption context.*git/],
    ["IncorrectKeyException", 400, "", "UNWRAP_FAILED", /does not belong to this key/],
    [
      "ExpiredTokenException",
      400,
      "The security token included in the request is expired",
      "NOT_LOGGED_IN",
      /expired.*aws sso login/,
    ],
    ["UnrecognizedClientException", 400, "", "NOT_LOGGED_IN", /not valid/],
    ["InvalidSignatureException", 400, "", "NOT_LOGGED_IN", /not valid/],
    ["ThrottlingException", 400, "Rate exceeded", "THROTTLED", /too many/],
    ["KMSInternalException", 500, "", "UNREACHABLE", /status 500 \(KMSInternalException\)/],
    ["SomethingNew", 400, "", "UNWRAP_FAILED", /SomethingNew/],
  ])("%s (%i %s)", async (type, status, message, code, says) => {
    server.answer({ status, type, message });
    const error = await failureOf(awsKmsProvider.unwrap(KEY, hostWith()));
    expect(error.code).toBe(code);
    expect(error.message).toContain(ARN);
    expect(`${error.message} ${error.hint ?? ""}`).toMatch(says);
  });

  test("a proxy's own answer counts by its status", async () => {
    for (const [status, code] of [
      [403, "KEY_DENIED"],
      [407, "UNREACHABLE"],
      [503, "UNREACHABLE"],
    ] as const) {
      server.answer({ status, body: "<html>" });
      expect(await failureOf(awsKmsProvider.unwrap(KEY, hostWith()))).toMatchObject({ code });
    }
  });

  test("an empty answer is no data key", async () => {
    server.answer({ status: 200, body: {} });
    expect(await failureOf(awsKmsProvider.unwrap(KEY, hostWith()))).toMatchObject({ code: "UNWRAP_FAILED" });
    expect(await failureOf(awsKmsProvider.wrap(REF, DATA_KEY, hostWith()))).toMatchObject({
      code: "WRAP_FAILED",
    });
  });

  test("an echo of the request does not reach the message", async () => {
    const echo = Buffer.from(DATA_KEY).toString("base64");
    server.answer({ status: 400, type: "ValidationException", message: `Plaintext ${echo} is bad` });
    const error = await failureOf(awsKmsProvider.wrap(REF, DATA_KEY, hostWith()));
    expect(error.code).toBe("WRAP_FAILED");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(echo);
  });
});

describe("retries", () => {
  test("throttled twice, then served", async () => {
    const throttled = { status: 400, type: "ThrottlingException" };
    const plaintext = Buffer.from(DATA_KEY).toString("base64");
    server.answer(throttled, throttled, { status: 200, body: { Plaintext: plaintext } });
    const host = hostWith({ AWS_MAX_ATTEMPTS: "" });
    expect(await awsKmsProvider.unwrap(KEY, host)).toEqual(DATA_KEY);
    expect(server.asked).toEqual(Array.from({ length: 3 }, () => "TrentService.Decrypt"));
  });

  test("a refusal is not repeated", async () => {
    server.answer({ status: 400, type: "AccessDeniedException" });
    await failureOf(awsKmsProvider.unwrap(KEY, hostWith({ AWS_MAX_ATTEMPTS: "" })));
    expect(server.asked).toHaveLength(1);
  });

  test("a cancel ends the pause between two attempts", async () => {
    server.answer({ status: 400, type: "ThrottlingException" });
    const abort = new AbortController();
    const call = awsKmsProvider.unwrap(KEY, hostWith({ AWS_MAX_ATTEMPTS: "50" }), abort.signal);
    setTimeout(() => {
      abort.abort(new Error("stopped by the user"));
    }, 200);
    await expect(call).rejects.toThrow("stopped by the user");
    const then = server.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(server.asked.length - then).toBeLessThanOrEqual(1);
  });
});

describe("no way there", () => {
  const refused = "http://127.0.0.1:1";

  test("server down", async () => {
    const error = await failureOf(awsKmsProvider.unwrap(KEY, hostWith({ AWS_ENDPOINT_URL_KMS: refused })));
    expect(error).toMatchObject({
      code: "UNREACHABLE",
      hint: "check the address, that the server runs, and HTTPS_PROXY if it is set",
    });
  });

  test("a region that AWS does not have", async () => {
    const arn = ARN.replace("eu-west-1", "eu-nowhere-9");
    const env = { ...MOTO_CREDENTIALS, AWS_MAX_ATTEMPTS: "1" };
    const host = nodeHost({ env });
    const lost = {
      ...host,
      request: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" })),
    };
    const error = await failureOf(awsKmsProvider.unwrap({ ...KEY, fields: { arn } }, lost));
    expect(error.code).toBe("UNREACHABLE");
    expect(error.hint).toContain("eu-nowhere-9 must be a region of AWS");
  });

  test.each([
    "not an arn",
    "arn:aws:kms:evil.example/:123456789012:key/x",
    "arn:aws:iam::123456789012:role/x",
    "",
  ])("not an ARN of a key: %s", async (arn) => {
    server.answer({ status: 500 });
    const error = await failureOf(
      awsKmsProvider.wrap({ type: "kms", fields: { arn } }, DATA_KEY, hostWith()),
    );
    expect(error.code).toBe("BAD_RECIPIENT");
    expect(server.asked).toEqual([]);
  });
});
