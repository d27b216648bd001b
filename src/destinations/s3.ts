import { tryFromUtf8 } from "../core/base/bytes.ts";
import type { BucketSpec, Target } from "../core/ports/destination.ts";
import type { Host, HttpResponse } from "../core/ports/host.ts";
import { tlsSettings } from "../providers/aws-kms/http.ts";
import { exchange } from "./exchange.ts";
import { checkBucket, escapedPath } from "./names.ts";
import { refused } from "./refused.ts";
import { bucketAddress } from "./s3/address.ts";
import { isRegion, regionOf } from "./s3/region.ts";
import { findLogin, signed } from "./s3/sign.ts";

/** Objects in a bucket of S3, put there by a signed request. */
export function s3Target(spec: BucketSpec, host: Host, signal: AbortSignal | undefined): Target {
  const bucket = new Bucket(checkBucket(spec.bucket, "s3_bucket"), host, signal);
  const shown = (name: string): string => {
    escapedPath(spec.prefix + name);
    return `s3://${spec.bucket}/${spec.prefix}${name}`;
  };
  return {
    holds: "file",
    shown,
    async read(name) {
      const answer = await bucket.send("GET", spec.prefix + name);
      return answer.status === 200 ? answer.body : null;
    },
    async write(name, bytes) {
      const answer = await bucket.send("PUT", spec.prefix + name, bytes);
      if (answer.status !== 200) throw notWritten(answer, shown(name), spec);
    },
  };
}

class Bucket {
  readonly #name: string;
  readonly #host: Host;
  readonly #signal: AbortSignal | undefined;
  #region: string | undefined;

  constructor(name: string, host: Host, signal: AbortSignal | undefined) {
    this.#name = name;
    this.#host = host;
    this.#signal = signal;
  }

  /** One exchange with the region where the bucket is: S3 itself tells, where that is not the one that was asked. */
  async send(method: string, key: string, body?: Uint8Array): Promise<HttpResponse> {
    this.#region ??= await regionOf(this.#host);
    const answer = await this.#sendTo(this.#region, method, key, body);
    const there = answer.headers["x-amz-bucket-region"] ?? "";
    const { named } = bucketAddress(this.#name, this.#region, this.#host);
    if (answer.status < 300 || named || there === this.#region || !isRegion(there)) return answer;
    this.#region = there;
    return this.#sendTo(there, method, key, body);
  }

  async #sendTo(region: string, method: string, key: string, body?: Uint8Array): Promise<HttpResponse> {
    const [host, signal] = [this.#host, this.#signal];
    const url = `${bucketAddress(this.#name, region, host).url}/${escapedPath(key)}`;
    const tls = await tlsSettings(host);
    const make = async (): ReturnType<Parameters<typeof exchange>[0]> => {
      const login = await findLogin(region, host, signal);
      return { method, url, body, tls, headers: await signed({ method, url, body }, region, login) };
    };
    return exchange(make, { service: `S3 (${new URL(url).host})`, host, signal });
  }
}

function notWritten({ status, body }: HttpResponse, shown: string, { bucket, prefix }: BucketSpec): Error {
  const word = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(tryFromUtf8(body) ?? "")?.[1];
  return refused({
    what: `S3: cannot write ${shown}`,
    status,
    word,
    login: "log in again with aws sso login, or set new credentials",
    permission: `the login needs s3:PutObject on arn:aws:s3:::${bucket}/${prefix}*`,
    missing: `check s3_bucket, or make the bucket: aws s3 mb s3://${bucket}`,
  });
}
