import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Certificate } from "../cloud/certificates.ts";
import { requirePart } from "../parts.ts";

export interface Postgres {
  readonly port: number;
  /** For a user who may do nothing but add rows to audit_event, without `sslmode`. */
  readonly url: string;
  readonly password: string;
  /** Action, user and file of each row, in order. */
  rows(): Promise<readonly (readonly [action: string, username: string, file: string])[]>;
  /** As the owner of the cluster. */
  run(sql: string): Promise<readonly unknown[]>;
  /** What the server wrote about itself. */
  log(): string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const AS_ROOT = process.getuid?.() === 0;
const AS_NOBODY = AS_ROOT ? { uid: NOBODY, gid: NOBODY } : {};

/** What sops' audit/schema.sql makes. */
const SCHEMA = `
  CREATE TABLE audit_event (
    id SERIAL PRIMARY KEY, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, action TEXT, username TEXT, file TEXT);
  CREATE ROLE sops LOGIN PASSWORD 'c4n4ry-password';
  GRANT INSERT ON audit_event TO sops;
  GRANT USAGE ON audit_event_id_seq TO sops;`;

/** A cluster of its own in a private folder, on a loopback port, with the table of sops; TLS where there is a certificate. */
export async function startPostgres(tls?: Certificate): Promise<Postgres> {
  const home = mkdtempSync(join(tmpdir(), "enc-pg-"));
  if (AS_ROOT) chownSync(home, NOBODY, NOBODY);
  const data = join(home, "data");
  const [owner, env] = ["owner-password", { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" }];
  writeFileSync(join(home, "password"), owner, { mode: 0o644 });
  const login = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", join(home, "password")];
  const options = { cwd: home, env, ...AS_NOBODY };
  execFileSync(requirePart("initdb"), ["-D", data, "-E", "UTF8", "--no-sync", ...login], {
    ...options,
    stdio: "ignore",
  });
  const port = await freePort();
  const secure = tls === undefined ? [] : ["-c", "ssl=on", ...writeTls(home, tls)];
  const child = spawn(
    requirePart("postgres"),
    ["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", home, "-c", "fsync=off", ...secure],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => child.on("close", resolve));
  const killed = (): void => void child.kill("SIGKILL");
  process.on("exit", killed);
  const run = (sql: string): Promise<readonly unknown[]> => query(port, owner, sql, tls !== undefined);
  await untilReady(run);
  await run(SCHEMA);
  return {
    port,
    url: `postgres://sops:c4n4ry-password@127.0.0.1:${String(port)}/postgres`,
    password: "c4n4ry-password",
    run,
    log: () => said.join(""),
    async rows() {
      const rows = await run("SELECT action, username, file FROM audit_event ORDER BY id");
      return (rows as { action: string; username: string; file: string }[]).map(
        ({ action, username, file }) => [action, username, file] as const,
      );
    },
    async stop() {
      child.kill("SIGINT");
      await ended;
      process.off("exit", killed);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function writeTls(home: string, { cert, key }: Certificate): string[] {
  writeFileSync(join(home, "server.crt"), cert);
  writeFileSync(join(home, "server.key"), key, { mode: 0o600 });
  if (AS_ROOT) chownSync(join(home, "server.key"), NOBODY, NOBODY);
  return ["-c", `ssl_cert_file=${home}/server.crt`, "-c", `ssl_key_file=${home}/server.key`];
}

async function query(port: number, password: string, sql: string, tls: boolean): Promise<readonly unknown[]> {
  const login = { host: "127.0.0.1", port, user: "postgres", password, database: "postgres" };
  const client = new Client({ ...login, ssl: tls ? { rejectUnauthorized: false } : false });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilReady(run: (sql: string) => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await run("SELECT 1");
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
