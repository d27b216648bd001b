import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  randomUUID,
} from "node:crypto";
import type { Http2ServerRequest } from "node:http2";
import { answerJson, bodyOf, type CloudWorld, type Route } from "./proxy.ts";

export interface FakeHuawei {
  readonly routes: readonly Route[];
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
  /** State by the id of a key. */
  readonly keys: Map<string, { enabled: boolean; readonly secret: Buffer }>;
  /** Ids of projects by region. */
  readonly projects: Map<string, string[]>;
  addKey(): string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** KMS and IAM at one address, which is enough: both addresses come from variables. Signatures are verified. */
export function fakeHuawei(): FakeHuawei {
  const keys: FakeHuawei["keys"] = new Map();
  const huawei = {
    accessKey: `AK${randomBytes(9).toString("hex").toUpperCase()}`,
    secretKey: randomBytes(20).toString("hex"),
    securityToken: randomBytes(24).toString("base64url"),
    keys,
    projects: new Map([["tr-west-1", ["0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"]]]),
    addKey(): string {
      const id = randomUUID();
      keys.set(id, { enabled: true, secret: randomBytes(32) });
      return id;
    },
  };
  const handle: Route["handle"] = async (request, response, world) => {
    const body = await bodyOf(request);
    const { status, ...answer } = refused(request, body, huawei, world) ?? answerTo(request, body, huawei);
    answerJson(response, status, answer.body, answer.headers);
  };
  const hosts = ["127.0.0.1", /\.myhuaweicloud\.com$/];
  return { ...huawei, routes: hosts.map((host) => ({ host, handle })) };
}

type State = Omit<FakeHuawei, "routes">;

const wrong = (status: number, error_code: string, error_msg: string): Answer => ({
  status,
  body: { error: { error_code, error_msg } },
});

function refused(
  request: Http2ServerRequest,
  body: Buffer,
  huawei: State,
  { faults }: CloudWorld,
): Answer | null {
  if (faults.has("expired") || !isSigned(request, body, huawei))
    return {
      status: 401,
      body: { error_msg: "Incorrect IAM authentication information", error_code: "APIGW.0301" },
    };
  if (faults.has("denied")) return wrong(403, "KMS.0303", "Policy does not allow the action.");
  if (faults.delete("throttled"))
    return {
      ...wrong(429, "APIGW.0308", "The throttling threshold has been reached."),
      headers: { "retry-after": "1" },
    };
  if (faults.has("throttled always"))
    return {
      ...wrong(429, "APIGW.0308", "The throttling threshold has been reached."),
      headers: { "retry-after": "0" },
    };
  return null;
}

function answerTo(request: Http2ServerRequest, body: Buffer, huawei: State): Answer {
  const { pathname, searchParams } = new URL(request.url, "https://127.0.0.1");
  if (pathname === "/v3/projects") {
    const ids = huawei.projects.get(searchParams.get("name") ?? "") ?? [];
    return { status: 200, body: { projects: ids.map((id) => ({ id, name: searchParams.get("name") })) } };
  }
  const [, project = "", operation] = /^\/v1\.0\/([^/]+)\/kms\/(encrypt|decrypt)-data$/.exec(pathname) ?? [];
  if (operation === undefined || ![...huawei.projects.values()].flat().includes(project))
    return wrong(404, "APIGW.0101", "The API does not exist.");
  const data = JSON.parse(body.toString()) as Record<string, string>;
  const key = huawei.keys.get(data["key_id"] ?? "");
  if (key === undefined) return wrong(400, "KMS.0205", "Invalid key ID.");
  if (!key.enabled) return wrong(400, "KMS.0209", "The key has been disabled.");
  if (data["encryption_algorithm"] !== "SYMMETRIC_DEFAULT")
    return wrong(400, "KMS.0308", "Invalid parameter.");
  if (operation === "encrypt")
    return {
      status: 200,
      body: { key_id: data["key_id"], cipher_text: seal(data["plain_text"] ?? "", key.secret) },
    };
  const plain_text = open(data["cipher_text"] ?? "", key.secret);
  if (plain_text === null) return wrong(400, "KMS.0308", "Invalid parameter.");
  return { status: 200, body: { key_id: data["key_id"], plain_text } };
}

/** IV of 12 bytes, tag of 16, ciphertext. */
function seal(text: string, secret: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", secret, iv);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
}

function open(text: string, secret: Buffer): string | null {
  const bytes = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString();
  } catch {
    return null;
  }
}

/** SDK-HMAC-SHA256, as Huawei's "AK/SK signing" page defines it; a security token must be among the signed headers. */
function isSigned(request: Http2ServerRequest, body: Buffer, huawei: State): boolean {
  const { headers, method } = request;
  const [, access, names = "", signature] =
    /^SDK-HMAC-SHA256 Access=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const token = headers["x-security-token"];
  if (access !== huawei.accessKey || (token !== undefined && token !== huawei.securityToken)) return false;
  if (token !== undefined && !names.split(";").includes("x-security-token")) return false;
  const { pathname, searchParams } = new URL(request.url, "https://127.0.0.1");
  const header = (name: string): string =>
    String(headers[name] ?? (name === "host" ? headers[":authority"] : undefined) ?? "").trim();
  const canonical = [
    method,
    pathname.endsWith("/") ? pathname : `${pathname}/`,
    [...searchParams]
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${header(name)}`),
    "",
    names,
    createHash("sha256").update(body).digest("hex"),
  ].join("\n");
  const hashed = createHash("sha256").update(canonical).digest("hex");
  const toSign = ["SDK-HMAC-SHA256", header("x-sdk-date"), hashed].join("\n");
  return createHmac("sha256", huawei.secretKey).update(toSign).digest("hex") === signature;
}
