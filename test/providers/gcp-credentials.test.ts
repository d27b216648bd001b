import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SopsError } from "../../src/core/base/errors.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as gcpKmsProvider } from "../../src/providers/gcp-kms/index.ts";
import { CHECK_CA, hintOnCa } from "../../src/providers/network.ts";
import { callError } from "../../src/providers/gcp-kms/errors.ts";
import { fakeHost } from "../support/fake-host.ts";

const CANARY = "c4n4ry";
const KEY = {
  type: "gcp_kms",
  fields: { resource_id: "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
} as const;
let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-gcp-"));
  mkdirSync(join(dir, "folder.json"));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

async function failure(name: string, content?: unknown): Promise<string> {
  const path = join(dir, name);
  if (content !== undefined)
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  const host = nodeHost({
    env: { HOME: dir, GOOGLE_APPLICATION_CREDENTIALS: path, HTTPS_PROXY: "http://127.0.0.1:1" },
  });
  const error: unknown = await gcpKmsProvider
    .wrap(KEY, new Uint8Array(32), host)
    .catch((reason: unknown) => reason);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY);
  const { code, message } = error as SopsError;
  return `${code}: ${message}`;
}

test.each<[what: string, name: string, content: unknown, says: RegExp]>([
  [
    "is not there",
    "none.json",
    undefined,
    /^NOT_LOGGED_IN: .*GOOGLE_APPLICATION_CREDENTIALS names a file that does not exist: .*none/,
  ],
  [
    "is a folder",
    "folder.json",
    undefined,
    /^CANNOT_READ: .*file of GOOGLE_APPLICATION_CREDENTIALS is no use: .*folder\.json.*EISDIR/,
  ],
  [
    "is no JSON",
    "bad.json",
    `{"private_key": "${CANARY}`,
    /^BAD_CONFIG: .*bad\.json, holds no JSON credentials/,
  ],
  ["says no type", "typeless.json", { private_key: CANARY }, /do not say their type/],
  ["has an unknown type", "odd.json", { type: "robot" }, /have the unknown type robot/],
  ["has a type that may be a secret", "secret.json", { type: `${CANARY} x` }, /have the unknown type$/],
  ["lacks the key", "keyless.json", { type: "service_account", client_email: "a@b" }, /have no private_key/],
  [
    "lacks the refresh token",
    "user.json",
    { type: "authorized_user", client_id: "a", client_secret: CANARY },
    /have no refresh_token/,
  ],
  [
    "has a key that is none",
    "broken.json",
    {
      type: "service_account",
      client_email: "a@b",
      private_key: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----\n`,
    },
    /^NOT_LOGGED_IN: .*the private_key of GOOGLE_APPLICATION_CREDENTIALS cannot be read/,
  ],
])("a file of credentials that %s is told as such", async (_, name, content, says) => {
  expect(await failure(name, content)).toMatch(says);
});

test("an unknown CA: the variable that is in force is named", () => {
  const host = fakeHost({ env: { AWS_CA_BUNDLE: "/ca.pem" } });
  expect(hintOnCa(CHECK_CA, host, "AWS_CA_BUNDLE")).toContain("AWS_CA_BUNDLE");
  expect(hintOnCa(CHECK_CA, fakeHost(), "AWS_CA_BUNDLE")).toContain("NODE_EXTRA_CA_CERTS");
  expect(hintOnCa("check the address", host, "AWS_CA_BUNDLE")).toBe("check the address");
  const error = Object.assign(new Error(), { code: "SELF_SIGNED_CERT_IN_CHAIN" });
  const call = {
    verb: "decrypt",
    name: "n",
    client: { address: "https://a", proxy: undefined, login: "l" },
  } as const;
  expect(callError(error, call).hint).toContain("NODE_EXTRA_CA_CERTS");
  const roots = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH";
  const byGrpc = callError(error, { ...call, client: { ...call.client, roots } });
  expect(byGrpc.hint).toContain(roots);
  expect(byGrpc.hint).not.toContain("NODE_EXTRA");
});
