import type { Host } from "../../core/ports/host.ts";
import { connect, type KmsClient } from "./client.ts";

/** Every variable that a client depends on: where one changes, another client is made. */
const VARIABLES = [
  "SOPS_GCP_KMS_CLIENT_TYPE",
  "SOPS_GCP_KMS_ENDPOINT",
  "SOPS_GCP_KMS_UNIVERSE_DOMAIN",
  "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
  "GOOGLE_CLOUD_QUOTA_PROJECT",
  "GOOGLE_CREDENTIALS",
  "GOOGLE_OAUTH_ACCESS_TOKEN",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "CLOUDSDK_CONFIG",
  "GCE_METADATA_HOST",
  "HTTPS_PROXY",
  "https_proxy",
  "NO_PROXY",
  "no_proxy",
];

interface Shared {
  readonly world: string;
  readonly client: Promise<KmsClient>;
  users: number;
  dropped: boolean;
}

const known = new WeakMap<Host, Shared>();

/**
 * Keys that are used together share a connection and a token. It stays open, but holds no process: what is idle is
 * not waited for. After a failure the next call starts anew, with what the user may have mended.
 */
export async function withClient<T>(host: Host, use: (client: Promise<KmsClient>) => Promise<T>): Promise<T> {
  const shared = sharedClient(host);
  shared.users++;
  try {
    return await use(shared.client);
  } catch (error) {
    shared.dropped = true;
    if (known.get(host) === shared) known.delete(host);
    throw error;
  } finally {
    shared.users--;
    if (shared.dropped && shared.users === 0) closeLater(shared.client);
  }
}

function sharedClient(host: Host): Shared {
  const world = JSON.stringify(VARIABLES.map((name) => host.env(name) ?? null));
  const before = known.get(host);
  if (before?.world === world) return before;
  const shared = { world, client: connect(host), users: 0, dropped: false };
  known.set(host, shared);
  return shared;
}

/** One that never came to be needs no closing; its failure has been told. */
function closeLater(client: Promise<KmsClient>): void {
  client.then(
    (made) => made.close(),
    () => undefined,
  );
}
