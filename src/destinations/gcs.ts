import { tryFromUtf8 } from "../core/base/bytes.ts";
import type { BucketSpec, Target } from "../core/ports/destination.ts";
import type { Host, HttpResponse } from "../core/ports/host.ts";
import { loginAgain } from "../providers/gcp-kms/login-errors.ts";
import { exchange } from "./exchange.ts";
import { openStorage, type Storage } from "./gcs/login.ts";
import { checkBucket, escaped } from "./names.ts";
import { refused } from "./refused.ts";

/** What Google's Go client finds sealed files to be; all of them are text. */
const TEXT = "text/plain; charset=utf-8";

/** Objects in a bucket of Google Cloud Storage, by its JSON API. */
export function gcsTarget(spec: BucketSpec, host: Host, signal: AbortSignal | undefined): Target {
  const bucket = checkBucket(spec.bucket, "gcs_bucket");
  let opening: Promise<Storage> | undefined;
  const send = async (method: string, pathOf: string, body?: Uint8Array): Promise<HttpResponse> => {
    const storage = await (opening ??= openStorage(host, signal));
    const url = `${storage.url}/${pathOf}`;
    const type = body === undefined ? {} : { "content-type": TEXT };
    const make = async (): ReturnType<Parameters<typeof exchange>[0]> => {
      return { method, url, body, headers: { ...(await storage.headers()), ...type } };
    };
    return exchange(make, { service: `Google Cloud Storage (${new URL(url).host})`, host, signal });
  };
  const shown = (name: string): string => `gcs://${bucket}/${spec.prefix}${name}`;
  return {
    holds: "file",
    shown,
    async read(name) {
      const path = `storage/v1/b/${bucket}/o/${escaped(spec.prefix + name)}?alt=media`;
      const answer = await send("GET", path);
      return answer.status === 200 ? answer.body : null;
    },
    async write(name, bytes) {
      const object = escaped(spec.prefix + name);
      const path = `upload/storage/v1/b/${bucket}/o?uploadType=media&name=${object}`;
      const answer = await send("POST", path, bytes);
      if (answer.status === 200) return;
      throw notWritten(answer, shown(name), bucket, (await opening)?.login ?? "");
    },
  };
}

function notWritten({ status, body }: HttpResponse, shown: string, bucket: string, login: string): Error {
  const word = /"reason"\s*:\s*"([A-Za-z]{1,60})"/.exec(tryFromUtf8(body) ?? "")?.[1];
  return refused({
    what: `GCS: cannot write ${shown}`,
    status,
    word,
    login: loginAgain(login),
    permission: `the login needs storage.objects.create, and storage.objects.delete to replace one, on ${bucket}`,
    missing: `check gcs_bucket, or make the bucket: gcloud storage buckets create gs://${bucket}`,
  });
}
