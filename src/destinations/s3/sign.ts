import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host, HttpRequest } from "../../core/ports/host.ts";
import { loadSdk } from "../../core/ports/load-sdk.ts";
import { type Credentials, credentialsFor, plain } from "../../providers/aws-kms/credentials.ts";
import { sdkHandler } from "../../providers/aws-kms/http.ts";
import { LIMITS, limited, unreachable } from "../../providers/network.ts";

type Input = string | ArrayBuffer | ArrayBufferView;

/** The hash that the signer of the SDK asks for. */
class Sha256 {
  readonly #hash: { update(bytes: Uint8Array): unknown; digest(): Uint8Array };

  constructor(secret?: Input) {
    this.#hash = secret === undefined ? sha256.create() : hmac.create(sha256, bytesOf(secret));
  }

  update(data: Input): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("a hash is used once");
  }
}

function bytesOf(data: Input): Uint8Array {
  if (typeof data === "string") return utf8(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The login of the environment, as for KMS. Throws NOT_LOGGED_IN and UNREACHABLE. */
export async function findLogin(
  region: string,
  host: Host,
  signal: AbortSignal | undefined,
): Promise<Credentials> {
  const sdk = await loadSdk("aws-kms", () => import("../../providers/aws-kms/sdk.ts"));
  sdk.versionWarning.warningEmitted = true;
  try {
    const login = { region, role: undefined, profile: undefined };
    const find = async (limit: AbortSignal): Promise<Credentials> =>
      credentialsFor(login, { sdk, host, handler: await sdkHandler(host, limit) });
    return await limited(signal, find, LIMITS.login);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SopsError) throw error;
    const network = unreachable(error);
    if (network !== null)
      throw new SopsError("UNREACHABLE", `S3: cannot log in: ${network.reason}`, { hint: network.hint });
    throw new SopsError("NOT_LOGGED_IN", "S3: no AWS credentials were found, or their login has expired", {
      hint: "log in with aws sso login, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
}

/** Signature version 4 of a request whose path is escaped already. Answers all headers but the host. */
export async function signed(
  { method, url, body }: Pick<HttpRequest, "method" | "url" | "body">,
  region: string,
  login: Credentials,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await loadSdk("aws-kms", () => import("../../providers/aws-kms/sdk.ts"));
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: plain(login),
    sha256: Sha256,
    // S3 alone takes the path as it is sent.
    uriEscapePath: false,
  });
  const { protocol, hostname, port, host, pathname } = new URL(url);
  const request = await signer.sign({
    method,
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: pathname,
    query: {},
    headers: { host },
    body,
  });
  return Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "host"));
}
