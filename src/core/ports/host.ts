import { SopsError } from "../base/errors.ts";
import type { Primitives } from "./primitives.ts";

/** All that a key provider may ask of the world. A browser host answers `null` or refuses. */
export interface Host {
  readonly platform: "linux" | "darwin" | "win32" | "other";
  env(name: string): string | undefined;
  homeDir(): string | undefined;
  /** What this machine calls itself on the network. */
  hostName?(): string;
  /** Null where the file does not exist; throws CANNOT_READ on any other failure. */
  readFile(path: string): Promise<Uint8Array | null>;
  /** Runs a program without a shell. `input` goes to its stdin; stderr is the user's, unless it is collected. */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Starts a program to talk with, without a shell. Absent where no program can run. Throws EXEC. */
  converse?(argv: readonly string[], signal?: AbortSignal): Promise<Conversation>;
  fetch(url: string, init?: unknown): Promise<unknown>;
  /** One HTTP exchange where `fetch` cannot do what is needed; absent where the platform has only `fetch`. */
  readonly request?: ((request: HttpRequest) => Promise<HttpResponse>) | undefined;
  /** The paths of all files in a folder and below, sorted; null where there is no such folder. */
  readonly filesUnder?: ((folder: string) => Promise<readonly string[] | null>) | undefined;
  /**
   * Asks on the terminal, never on stdout. Null where nobody can answer. Where `remember` names the secret, an agent of
   * the user's may ask instead, and may answer for the user the next time.
   */
  promptSecret(question: string, remember?: string): Promise<string | null>;
  /** What was answered under this name was wrong. */
  forgetSecret?(name: string): Promise<void>;
  /** Servers that the user has let have a login before, as `askToTrust` keeps them. */
  readonly trustedServers?: (() => Promise<readonly string[]>) | undefined;
  /** Asks on the terminal whether a server may have a login, and keeps a yes. Null where nobody can answer. */
  readonly askToTrust?: ((server: string, question: string) => Promise<boolean | null>) | undefined;
  /** Keys that the user has named on the command line, as they were typed: what they name, no file has chosen. */
  readonly typedKeys?: readonly string[] | undefined;
  /** A note to the user (stderr). Never holds a secret. */
  warn(message: string): void;
  /** Built-in crypto for key providers, loaded when one needs it; without it they load a pure JavaScript one. */
  readonly primitives?: (() => Promise<Primitives>) | undefined;
}

/**
 * An HTTP request that says everything itself: no redirect is followed, no variable of the environment is obeyed, so
 * that whoever holds a token decides who gets it.
 */
export interface HttpRequest {
  readonly method: string;
  /** `http:` or `https:`; a user name and password in it become basic authentication. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly tls?: TlsSettings | undefined;
  /** `http://user:password@host:port`, or https; it is asked for a tunnel where `url` is https. */
  readonly proxy?: string | undefined;
  /** A Unix socket to connect to in place of the host and port of `url`. */
  readonly socketPath?: string | undefined;
  /** Bytes of the answer that are read at most; default: what a server of keys may say, 4 MiB. */
  readonly mostBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a TLS server is judged, and how we prove who we are. Texts are PEM. */
export interface TlsSettings {
  /** The only authorities that count; default: those of the platform. */
  readonly ca?: readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that is asked for and must be in the certificate, where it is not the host of the URL. */
  readonly serverName?: string | undefined;
  /** False: any certificate will do. */
  readonly verify?: boolean | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Where the program's stderr goes besides the result: to the user ("show", the default), or nowhere ("collect"). */
  readonly stderr?: "show" | "collect" | undefined;
  /** True: the user's own program, which may log in to a vault or a cloud. Else it gets no secrets of our environment. */
  readonly secrets?: boolean | undefined;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  /** Its first 64 KiB or so. */
  readonly stderr: Uint8Array;
}

/** A running program, seen through its stdin and stdout. */
export interface Conversation {
  write(bytes: Uint8Array): Promise<void>;
  /** What it said next; null: it says no more. */
  read(): Promise<Uint8Array | null>;
  /** Ends it, and waits until it has ended. Safe to call twice. */
  close(): Promise<void>;
}

/** What a host that keeps to this machine and to itself says to whoever wants more. */
const keptHere = (what: string): Promise<never> =>
  Promise.reject(new SopsError("UNSUPPORTED", `${what} here`, { hint: "use --all-keys to allow it" }));

/** The same host, but nothing is run and nothing is dialled either: for what happens without the user's asking. */
export function stillHost(host: Host): Host {
  return {
    ...silentHost(host),
    run: () => keptHere("no program is run"),
    fetch: () => keptHere("nothing is dialled"),
    request: undefined,
  };
}

/** The same host, but nobody is asked and nothing is said: for what runs inside another tool. */
export function silentHost(host: Host): Host {
  return {
    platform: host.platform,
    env: (name) => host.env(name),
    homeDir: () => host.homeDir(),
    hostName: () => host.hostName?.() ?? "",
    readFile: (path) => host.readFile(path),
    run: (argv, options) => host.run(argv, options),
    fetch: (url, init) => host.fetch(url, init),
    request: host.request,
    filesUnder: host.filesUnder,
    trustedServers: host.trustedServers,
    typedKeys: host.typedKeys,
    promptSecret: () => Promise.resolve(null),
    warn: () => undefined,
    primitives: host.primitives,
  };
}
