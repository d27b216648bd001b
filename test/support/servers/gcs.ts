import { requirePart } from "../parts.ts";
import { type RunningServer, startServer } from "./process.ts";

export interface FakeGcs extends RunningServer {
  /** What Google's clients need in their environment to come here and nowhere else. */
  readonly env: Readonly<Record<string, string>>;
  createBucket(name: string): Promise<void>;
  /** What is in a bucket, below a prefix. */
  names(bucket: string, prefix: string): Promise<readonly string[]>;
  /** The bytes of an object; null where there is none. */
  object(bucket: string, name: string): Promise<Buffer | null>;
}

/** Google Cloud Storage by fake-gcs-server, in memory. */
export async function startGcs(): Promise<FakeGcs> {
  const server = await startServer({
    program: requirePart("fake-gcs-server"),
    args: (port) => [
      ...["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port", String(port)],
      ...["-public-host", `127.0.0.1:${String(port)}`],
    ],
    ready: "/_internal/healthcheck",
  });
  return {
    ...server,
    env: { STORAGE_EMULATOR_HOST: `127.0.0.1:${String(server.port)}` },
    async createBucket(name) {
      const response = await fetch(`${server.url}/storage/v1/b`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
      if (!response.ok) throw new Error(`no bucket: ${String(response.status)}`);
    },
    async names(bucket, prefix) {
      const path = `/storage/v1/b/${bucket}/o?prefix=${encodeURIComponent(prefix)}`;
      const { items = [] } = (await (await fetch(server.url + path)).json()) as {
        items?: readonly { readonly name: string }[];
      };
      return items.map(({ name }) => name);
    },
    async object(bucket, name) {
      const path = `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`;
      const response = await fetch(server.url + path);
      return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
    },
  };
}
