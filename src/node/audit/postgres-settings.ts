import { isAbsolute } from "node:path";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { fromUtf8 } from "../../core/base/bytes.ts";
import type { Host } from "../../core/ports/host.ts";
import { badDsn, parseDsn, type Settings } from "./dsn.ts";

/** How one server is called. */
export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** What the server is told of the session. */
  readonly options: string;
  readonly applicationName: string;
  /** Null: no TLS. */
  readonly tls: ConnectionOptions | null;
  /** Without TLS, where the server has none. */
  readonly mayBePlain: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Milliseconds that a connection or a row may take where the connection string does not say. */
const TIMEOUT = 30_000;
const PORT = "5432";

/** Read here; of no matter for one INSERT; refused, since leaving it out would change who is trusted. */
const KNOWN = [
  ...["host", "hostaddr", "port", "dbname", "database", "user", "password", "options", "connect_timeout"],
  ...["application_name", "fallback_application_name", "sslmode", "sslrootcert", "sslcert", "sslkey"],
];
const OF_NO_MATTER = [
  ...["client_encoding", "datestyle", "sslsni", "binary_parameters", "disable_prepared_binary_result"],
  ...["target_session_attrs", "load_balance_hosts", "min_protocol_version", "max_protocol_version"],
];
const REFUSED = [
  ...["service", "passfile", "krbsrvname", "krbspn", "sslinline", "sslnegotiation"],
  ...["ssl_min_protocol_version", "ssl_max_protocol_version", "channel_binding", "gssencmode", "requirepeer"],
];

/**
 * One for each host that the connection string names, in order. Nothing comes from the variables of libpq (PGHOST,
 * PGOPTIONS ...): they would let who is audited choose where to. Throws BAD_CONFIG, CANNOT_READ.
 */
export async function postgresSettings(
  connection: string,
  systemUser: string,
  host: Host,
): Promise<readonly PostgresSettings[]> {
  const settings = parseDsn(connection);
  const refused = REFUSED.find((name) => settings.has(name));
  if (refused !== undefined)
    throw badDsn(`has the setting ${refused}, which is not supported`, "leave it out");
  const text = (name: string): string => settings.get(name) ?? "";
  const user = text("user") || systemUser;
  const hosts = (text("hostaddr") || text("host") || "localhost").split(",");
  const names = (text("host") || "localhost").split(",");
  const ports = text("port")
    .split(",")
    .map((port) => port || PORT);
  if (ports.length > 1 && ports.length !== hosts.length)
    throw badDsn("has more ports than hosts", "name each");
  const tls = await tlsOf(settings, host);
  return hosts.map((each, i) => ({
    host: each || "localhost",
    port: portOf(ports[i] ?? ports[0] ?? PORT),
    user,
    database: text("dbname") || text("database") || user,
    password: text("password"),
    options: optionsOf(settings),
    applicationName: text("application_name") || text("fallback_application_name"),
    tls: isAbsolute(each) ? null : (tls?.(names[i] ?? each) ?? null),
    mayBePlain: /^(?:allow|prefer)$/.test(text("sslmode")),
    timeout: timeoutOf(text("connect_timeout")),
  }));
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port > 0 && port < 65_536) return port;
  throw badDsn("has a port that is none", "write a number such as 5432");
}

/** Zero is, as everywhere, no limit of its own. */
function timeoutOf(text: string): number {
  if (text !== "" && !/^\d{1,6}$/.test(text))
    throw badDsn("has a connect_timeout that is no number", "write seconds");
  return Number(text) > 0 ? Number(text) * 1000 : TIMEOUT;
}

/** A setting that is none of the client's is one of the server's (`search_path`). */
function optionsOf(settings: Settings): string {
  const ofServer = [...settings].filter(([name]) => !KNOWN.includes(name) && !OF_NO_MATTER.includes(name));
  const bad = ofServer.find(([name]) => !/^[A-Za-z_][\w.]*$/.test(name));
  if (bad !== undefined) throw badDsn("has a setting whose name cannot be one", "correct it");
  const given = settings.get("options") ?? "";
  const more = ofServer.map(([name, value]) => `-c ${name}=${value.replace(/[\s\\]/g, "\\$&")}`);
  return [given, ...more].filter((part) => part !== "").join(" ");
}

/**
 * By `sslmode`, as the Go client has it: `require`, the default, encrypts and trusts any server unless a CA is named.
 * Undefined: no TLS. `allow` uses TLS where there is some, which is the better half of what it allows.
 */
async function tlsOf(
  settings: Settings,
  host: Host,
): Promise<((serverName: string) => ConnectionOptions) | undefined> {
  const root = settings.get("sslrootcert") ?? "";
  const mode = settings.get("sslmode") ?? (root === "system" ? "verify-full" : "require");
  if (mode === "disable") return undefined;
  if (!/^(?:allow|prefer|require|verify-ca|verify-full)$/.test(mode))
    throw badDsn("has an unknown sslmode", "use disable, require, verify-ca or verify-full");
  const verifies = mode.startsWith("verify-") || root !== "";
  const shared: ConnectionOptions = {
    rejectUnauthorized: verifies,
    ...(root === "" || root === "system" ? {} : { ca: await pem(root, "sslrootcert", host) }),
    ...(await clientCertificate(settings, host)),
  };
  const named = mode === "verify-full" || root === "system";
  return (serverName) => ({
    ...shared,
    checkServerIdentity: (_, cert) => (named ? checkServerIdentity(serverName, cert) : undefined),
  });
}

async function clientCertificate(settings: Settings, host: Host): Promise<{ cert?: string; key?: string }> {
  const [cert, key] = [settings.get("sslcert") ?? "", settings.get("sslkey") ?? ""];
  if (cert === "" && key === "") return {};
  return { cert: await pem(cert, "sslcert", host), key: await pem(key, "sslkey", host) };
}

async function pem(path: string, name: string, host: Host): Promise<string> {
  const bytes = path === "" ? null : await host.readFile(path);
  if (bytes !== null) return fromUtf8(bytes);
  throw badDsn(`has an ${name} that is not there`, `correct ${name}`);
}
