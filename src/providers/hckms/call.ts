import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { limited, pause, unreachable } from "../network.ts";
import type { Credentials } from "./access-key.ts";
import { credentialsOf } from "./credentials.ts";
import { answerFailure, networkFailure } from "./failures.ts";
import { sendSigned, textAt, type Request, type Response } from "./http.ts";
import type { HuaweiKey } from "./key-id.ts";
import { projectOf } from "./project.ts";
import { kmsEndpoints } from "./regions.ts";

export type Operation = "encrypt-data" | "decrypt-data";

/** Tries in all where the service is busy: Huawei asks its clients for it. */
const TRIES = 4;
/** Milliseconds before the second try; doubled for each one after it. */
const FIRST_PAUSE = 300;
/** Nobody waits longer than this for one pause, whatever Retry-After says. */
const LONGEST_PAUSE = 5000;

/**
 * Calls `POST /v1.0/{project_id}/kms/{operation}`. Answers the text of one field; throws a `SopsError` that names the key.
 */
export async function callKms(
  operation: Operation,
  key: HuaweiKey,
  data: Readonly<Record<string, string>>,
  field: string,
  host: Host,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await limited(signal, async (limit) => {
      const endpoints = await kmsEndpoints(key.region, host);
      const credentials = await credentialsOf(host, limit);
      const project = await projectOf(key.region, credentials, host, limit);
      const path = `/v1.0/${encodeURIComponent(project)}/kms/${operation}`;
      const answer = await firstThatAnswers(endpoints, (endpoint) =>
        patiently({ method: "POST", endpoint, path, data }, credentials, project, host, limit),
      );
      const text = answer.status < 400 ? textAt(answer.body, field) : undefined;
      if (text === undefined) throw answerFailure(answer, operation);
      return text;
    });
  } catch (error) {
    signal?.throwIfAborted();
    const known = error instanceof SopsError ? error : networkFailure(error, operation);
    throw new SopsError(known.code, `huawei cloud kms, key ${key.id}: ${known.message}`, {
      hint: known.hint,
    });
  }
}

/** The next address where one cannot be reached. */
async function firstThatAnswers(
  endpoints: readonly string[],
  call: (endpoint: string) => Promise<Response>,
): Promise<Response> {
  const [first = "", ...rest] = endpoints;
  try {
    return await call(first);
  } catch (error) {
    if (rest.length === 0 || unreachable(error) === null) throw error;
    return firstThatAnswers(rest, call);
  }
}

async function patiently(
  request: Request,
  credentials: Credentials,
  project: string,
  host: Host,
  signal: AbortSignal,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await sendSigned(request, credentials, project, host, signal);
    if (!isBusy(answer.status) || tries === TRIES) return answer;
    const asked = Number(answer.header("retry-after") ?? NaN) * 1000;
    const time = Number.isNaN(asked) ? FIRST_PAUSE * 2 ** (tries - 1) : asked;
    await pause(Math.min(time, LONGEST_PAUSE), signal);
  }
}

const isBusy = (status: number): boolean =>
  status === 429 || status === 502 || status === 503 || status === 504;
