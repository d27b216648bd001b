import { tryFromUtf8, utf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Primitives } from "../../core/ports/primitives.ts";
import { shellWords } from "../../core/base/shell-words.ts";
import { isAgeFile } from "./armor.ts";
import type { AgeIdentity } from "./identity.ts";
import { parseIdentities } from "./identity-text.ts";
import { defaultKeyFile, defaultSshKeyFiles } from "./key-file.ts";
import { primitivesOf } from "./primitives.ts";

/** What one place gave. */
export interface Found {
  readonly place: string;
  readonly identities: readonly AgeIdentity[];
  /** How it went, for a message: `not set`, `2 identities`. Never holds a line of the text. */
  readonly note: string;
}

export interface Wanted {
  /** What commands are told, by SOPS_AGE_RECIPIENT. */
  readonly recipient: string;
  /** Whether an SSH key could help: without that none is read, and no command for one is run. */
  readonly ssh: boolean;
}

/** The content of a place, or why there is none. */
type Reading = { readonly bytes: Uint8Array } | { readonly note: string };

interface Source {
  readonly place: string;
  /** Sources that answer the same for every recipient are read once per host; others once per recipient. */
  readonly cacheKey: string;
  /** For SSH keys: the path of the key file, null where a command gives the key. Undefined: for age's own keys. */
  readonly ssh?: string | null;
  read(): Promise<Reading>;
}

const cache = new WeakMap<Host, Map<string, Promise<Found>>>();

/**
 * Every place where SOPS looks for age identities (format.md 12), read one by one and only when asked for: the
 * commands, which may be slow or ask the user, come last. A place that fails is noted, and never stops the others.
 * Rejects only with the reason of an aborted signal.
 */
export async function* findIdentities(
  host: Host,
  wanted: Wanted,
  signal?: AbortSignal,
): AsyncGenerator<Found> {
  const known = cache.get(host) ?? new Map<string, Promise<Found>>();
  cache.set(host, known);
  for (const source of sourcesOf(host, wanted.recipient, signal)) {
    signal?.throwIfAborted();
    if (source.ssh !== undefined && !wanted.ssh) {
      if (host.env(source.place) !== undefined)
        yield { place: source.place, identities: [], note: "for SSH recipients only" };
      continue;
    }
    const found = known.get(source.cacheKey) ?? load(source, host);
    known.set(source.cacheKey, found);
    const answer = await found;
    if (signal?.aborted === true) known.delete(source.cacheKey);
    signal?.throwIfAborted();
    yield answer;
  }
}

function sourcesOf(host: Host, recipient: string, signal?: AbortSignal): readonly Source[] {
  const run = (command: string): Promise<Reading> => runKeyCommand(command, host, recipient, signal);
  return [
    variable("SOPS_AGE_KEY", host, (text) => Promise.resolve({ bytes: utf8(text) })),
    variable("SOPS_AGE_KEY_FILE", host, (path) => readKeyFile(path, host, `no file at ${path}`)),
    keyFile(defaultKeyFile(host), "keys.txt", host),
    ...sshFiles(host),
    { ...perRecipient("SOPS_AGE_SSH_PRIVATE_KEY_CMD", host, recipient, run), ssh: null },
    perRecipient("SOPS_AGE_KEY_CMD", host, recipient, run),
  ];
}

function sshFiles(host: Host): readonly Source[] {
  const name = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";
  const named = variable(name, host, (path) => readKeyFile(path, host, `no file at ${path}`));
  const defaults = defaultSshKeyFiles(host).map((file) => ({
    ...keyFile(file, "~/.ssh", host),
    ssh: typeof file === "string" ? file : null,
  }));
  return [{ ...named, ssh: host.env(name) ?? "" }, ...defaults];
}

function keyFile(file: string | { readonly note: string }, name: string, host: Host): Source {
  return typeof file === "string"
    ? { place: file, cacheKey: file, read: () => readKeyFile(file, host, "no such file") }
    : { place: name, cacheKey: name, read: () => Promise.resolve(file) };
}

/** A variable that is present counts, even when it is empty. */
function variable(name: string, host: Host, read: (value: string) => Promise<Reading>): Source {
  return {
    place: name,
    cacheKey: name,
    read: () => {
      const value = host.env(name);
      if (value === undefined) return Promise.resolve({ note: "not set" });
      return value.trim() === "" ? Promise.resolve({ note: "set, but empty" }) : read(value);
    },
  };
}

function perRecipient(
  name: string,
  host: Host,
  recipient: string,
  read: (value: string) => Promise<Reading>,
): Source {
  return { ...variable(name, host, read), cacheKey: `${name} ${recipient}` };
}

async function readKeyFile(path: string, host: Host, missing: string): Promise<Reading> {
  const bytes = await host.readFile(path);
  return bytes === null ? { note: missing } : { bytes };
}

/** The command is split without a shell, and told which recipient it is for. */
async function runKeyCommand(
  command: string,
  host: Host,
  recipient: string,
  signal: AbortSignal | undefined,
): Promise<Reading> {
  const argv = shellWords(command);
  if (argv === null || argv.length === 0) return { note: "not a command: a quote is left open" };
  const result = await host.run(argv, { env: { SOPS_AGE_RECIPIENT: recipient }, signal, secrets: true });
  return result.code === 0
    ? { bytes: result.stdout }
    : { note: `the command failed with status ${String(result.code)}` };
}

async function load(source: Source, host: Host): Promise<Found> {
  const { place } = source;
  try {
    const reading = await source.read();
    if ("note" in reading) return { place, identities: [], note: reading.note };
    const parsed = await parse(reading.bytes, source, host);
    return { place, ...parsed };
  } catch (error) {
    return { place, identities: [], note: failure(error) };
  }
}

type Parsed = Pick<Found, "identities" | "note">;

async function parse(bytes: Uint8Array, { place, ssh }: Source, host: Host): Promise<Parsed> {
  const crypto = await primitivesOf(host);
  if (ssh === undefined && isAgeFile(bytes)) {
    const { lockedFile } = await import("./locked-file.ts");
    return { identities: [lockedFile(bytes, place, host, crypto)], note: "protected by a passphrase" };
  }
  const text = tryFromUtf8(bytes);
  if (text === null) return { identities: [], note: "not UTF-8 text" };
  if (ssh === undefined) return parseText(text, place, host, crypto);
  const { parseSshKey } = await import("./ssh/identities.ts");
  return await parseSshKey(text, {
    place: ssh ?? place,
    publicHalf: async () => {
      const line = ssh === null ? null : await host.readFile(`${ssh}.pub`);
      return line === null ? null : tryFromUtf8(line);
    },
    host,
    crypto,
  });
}

async function parseText(text: string, place: string, host: Host, crypto: Primitives): Promise<Parsed> {
  const { identities, count, badLines } = await parseIdentities(text, host, crypto);
  for (const line of badLines)
    host.warn(`${place}: line ${String(line)} is not an age identity and was skipped`);
  const parts: string[] = [];
  if (count > 0) parts.push(count === 1 ? "1 identity" : `${String(count)} identities`);
  if (badLines.length > 0) parts.push(`not an identity in line ${badLines.join(", ")}`);
  return { identities, note: parts.length === 0 ? "no identity in it" : parts.join(", ") };
}

/** Only our own errors are known to hold no secret. */
function failure(error: unknown): string {
  return error instanceof SopsError ? error.message : "cannot be read";
}
