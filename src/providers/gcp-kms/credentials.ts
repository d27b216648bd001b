import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

/** What logs us in, and where it came from. Holds secrets: never for a message but for `source`. */
export type GcpCredentials =
  | { readonly type: "token"; readonly source: string; readonly token: string }
  | { readonly type: "json"; readonly source: string; readonly json: Readonly<Record<string, unknown>> }
  /** The server that tells a machine in Google's cloud its token. */
  | { readonly type: "metadata server"; readonly source: string };

/**
 * The first that is there (format.md 11): GOOGLE_CREDENTIALS (a path if a file is there, else the JSON itself),
 * GOOGLE_OAUTH_ACCESS_TOKEN, then the application default: GOOGLE_APPLICATION_CREDENTIALS, the file that
 * `gcloud auth application-default login` writes, the metadata server. Throws BAD_CONFIG for one that cannot be read.
 */
export async function findCredentials(host: Host): Promise<GcpCredentials> {
  const named = host.env("GOOGLE_CREDENTIALS");
  if (named) return fromPathOrJson(named, host);
  const token = host.env("GOOGLE_OAUTH_ACCESS_TOKEN");
  if (token) return { type: "token", source: "GOOGLE_OAUTH_ACCESS_TOKEN", token: token.trim() };
  const path = host.env("GOOGLE_APPLICATION_CREDENTIALS");
  if (path) return fromNamedFile(path, host);
  for (const file of wellKnownFiles(host)) {
    const text = await textOf(file, host);
    if (text !== null) return { type: "json", source: file, json: parseJson(text, file) };
  }
  return { type: "metadata server", source: "the metadata server" };
}

async function fromPathOrJson(text: string, host: Host): Promise<GcpCredentials> {
  const source = "GOOGLE_CREDENTIALS";
  // JSON is no path, and in an error about a path that cannot be read it would show.
  const file = text.trim().startsWith("{") ? null : await textOf(text, host);
  return { type: "json", source, json: parseJson(file ?? text, source) };
}

async function fromNamedFile(path: string, host: Host): Promise<GcpCredentials> {
  const source = "GOOGLE_APPLICATION_CREDENTIALS";
  const text = await textOf(path, host).catch((cause: unknown) => {
    throw unreadable(source, cause);
  });
  if (text !== null)
    return { type: "json", source, json: parseJson(text, source, `the file of ${source}, ${path},`) };
  throw new SopsError("NOT_LOGGED_IN", `GCP KMS: ${source} names a file that does not exist: ${path}`, {
    hint: `correct ${source}, or unset it and run gcloud auth application-default login`,
  });
}

function unreadable(source: string, cause: unknown): unknown {
  if (!(cause instanceof SopsError)) return cause;
  const { code, message, place } = cause;
  return new SopsError(code, `GCP KMS: the file of ${source} is no use: ${message}`, {
    hint: `check that ${source} names a file, and that you may read it`,
    place,
    cause,
  });
}

/** Where gcloud keeps the application default credentials: its own folder if it was given one, else the usual one. */
function wellKnownFiles(host: Host): readonly string[] {
  const windows = host.platform === "win32";
  const own = host.env("CLOUDSDK_CONFIG");
  const home = windows ? host.env("APPDATA") : host.homeDir();
  const usual = home && (windows ? `${home}/gcloud` : `${home}/.config/gcloud`);
  return [own, usual].flatMap((dir) => (dir ? [`${dir}/application_default_credentials.json`] : []));
}

async function textOf(path: string, host: Host): Promise<string | null> {
  const bytes = await host.readFile(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

function parseJson(text: string, source: string, where = source): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The parser's message would show a piece of the text.
  }
  throw new SopsError("BAD_CONFIG", `GCP KMS: ${where} holds no JSON credentials`, {
    hint:
      source === "GOOGLE_CREDENTIALS"
        ? "set it to the path of a credentials file that exists, or to its JSON text"
        : "make the file again with gcloud auth application-default login",
  });
}
