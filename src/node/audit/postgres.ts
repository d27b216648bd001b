import type { Client as PgClient, ClientConfig } from "pg";
import type { Host } from "../../core/ports/host.ts";
import { loadSdk } from "../../core/ports/load-sdk.ts";
import { messageOf } from "../../core/base/realm.ts";
import type { AuditEvent, Backend } from "./backend.ts";
import { auditFailed } from "./failure.ts";
import { postgresSettings, type PostgresSettings } from "./postgres-settings.ts";
import { userName } from "./user-name.ts";

/** The table of SOPS; its time is the server's. */
const INSERT = "INSERT INTO audit_event (action, username, file) VALUES ($1, $2, $3)";

/** Milliseconds after which a connection that nobody uses is closed: a program that was started may run for days. */
const IDLE = 1000;

/** Its types lack what tells whether the process waits for it. */
type Client = PgClient & { ref(): void; unref(): void };

/** Rows in `audit_event` of a PostgreSQL database, as SOPS writes them. One connection, one row after the other. */
export function postgresBackend(connection: string, host: Host): Backend {
  let last: Promise<unknown> = Promise.resolve();
  const session = new Session(connection, host);
  return {
    record(event) {
      const row = last.then(() => session.insert(event));
      last = row.catch(() => undefined);
      return row;
    },
  };
}

/** The server is told that we leave: without that it would write a warning to its log. */
const connected = new Set<Session>();
let leaving = false;

function closeAtEnd(): void {
  if (leaving) return;
  leaving = true;
  process.on("beforeExit", () => {
    for (const session of connected) void session.close();
  });
}

/** A connection that is made when it is needed, and keeps no process from ending. */
class Session {
  readonly #connection: string;
  readonly #host: Host;
  #client: Client | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: string, host: Host) {
    this.#connection = connection;
    this.#host = host;
    closeAtEnd();
  }

  async insert({ action, username, file }: AuditEvent): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const client = (this.#client ??= await this.#connect());
      connected.add(this);
      client.ref();
      await client.query(INSERT, [action, username, file]);
      client.unref();
      this.#timer = setTimeout(() => void this.close(), IDLE).unref();
    } catch (error) {
      void this.close();
      throw auditFailed(error);
    }
  }

  async #connect(): Promise<Client> {
    let failure: unknown;
    for (const settings of await postgresSettings(this.#connection, userName(), this.#host)) {
      try {
        return await this.#open(settings);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  async #open(settings: PostgresSettings): Promise<Client> {
    try {
      return await this.#dial(settings, settings.tls);
    } catch (error) {
      if (!settings.mayBePlain || !isWithoutTls(error)) throw error;
      return this.#dial(settings, null);
    }
  }

  async #dial(settings: PostgresSettings, tls: PostgresSettings["tls"]): Promise<Client> {
    const { Client } = await loadSdk("audit", () => import("./sdk.ts"));
    const config = {
      host: settings.host,
      port: settings.port,
      user: settings.user,
      database: settings.database,
      // A function, since no password would be one of PGPASSWORD.
      password: () => settings.password,
      ssl: tls ?? false,
      connectionTimeoutMillis: settings.timeout,
      query_timeout: settings.timeout,
      sslnegotiation: "postgres",
    } satisfies ClientConfig & { sslnegotiation: string };
    const client = new Client(config) as Client;
    setOwn(client, settings);
    // A server that ends an idle connection: the next row makes another one.
    client.on("error", () => {
      if (this.#client === client) this.#client = null;
    });
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    connected.delete(this);
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}

/** The client fills what is empty from the variables of the process, such as PGOPTIONS: they have no say here. */
function setOwn(client: Client, { options, applicationName }: PostgresSettings): void {
  const { connectionParameters } = client as unknown as { connectionParameters: object };
  Object.assign(connectionParameters, {
    options,
    application_name: applicationName,
    fallback_application_name: "",
    replication: undefined,
  });
}

function isWithoutTls(error: unknown): boolean {
  return messageOf(error) === "The server does not support SSL connections";
}
