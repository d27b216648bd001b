import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Credentials } from "./access-key.ts";
import { answerFailure } from "./failures.ts";
import { sendSigned, textAt } from "./http.ts";
import { iamEndpoint } from "./regions.ts";

const known = new WeakMap<Host, Map<string, string>>();

/**
 * The project that a region's calls are made in: the one of the profile, else the only one that has the region's name
 * (IAM, KeystoneListProjects), asked for once. Throws NOT_LOGGED_IN where there is not exactly one.
 */
export async function projectOf(
  region: string,
  credentials: Credentials,
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  if (credentials.projectId !== undefined) return credentials.projectId;
  const cache = known.get(host) ?? new Map<string, string>();
  known.set(host, cache);
  const name = `${credentials.accessKey} ${region}`;
  const project = cache.get(name) ?? (await askFor(region, credentials, host, signal));
  cache.set(name, project);
  return project;
}

async function askFor(
  region: string,
  credentials: Credentials,
  host: Host,
  signal: AbortSignal,
): Promise<string> {
  const endpoint = iamEndpoint(host, credentials.iamEndpoint, region);
  const request = { method: "GET", endpoint, path: "/v3/projects", query: { name: region } } as const;
  const answer = await sendSigned(request, credentials, undefined, host, signal);
  if (answer.status >= 400) throw answerFailure(answer, "list-projects");
  const { projects } = (answer.body ?? {}) as { projects?: unknown };
  const ids = (Array.isArray(projects) ? projects : []).flatMap((each) => textAt(each, "id") ?? []);
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id;
  const why = ids.length === 0 ? "no project" : `${ids.length} projects`;
  throw new SopsError("NOT_LOGGED_IN", `the account has ${why} with the name ${region}`, {
    hint: "set HUAWEICLOUD_SDK_PROJECT_ID to the project of the key",
  });
}
