import { tryFromUtf8 } from "../../core/bytes.ts";
import { SopsError } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { shellWords } from "../../core/shell-words.ts";
import { defaultKeyFile } from "./key-file.ts";
import { parseIdentities, type ParsedIdentities } from "./identity-text.ts";
import { primitivesOf } from "./primitives.ts";
import type { X25519Identity } from "./x25519.ts";

/** What one place gave. */
export interface Found {
  readonly place: string;
  readonly identities: readonly X25519Identity[];
  /** How it went, for a message: `not set`, `2 identities`. Never holds a line of the text. */
  readonly note: string;
}

/** The text that stands in a place, or why there is none. */
type Reading = { readonly text: string } | { readonly note: string };

interface Source {
  readonly place: string;
  /** Sources that answer the same for every recipient are read once per host; others once per recipient. */
  readonly cacheKey: string;
  read(): Promise<Reading>;
}

const cache = new WeakMap<Host, Map<string, Promise<Found>>>();

/**
 * Every place where SOPS looks for age identities (spec section 12), read one by one and only when asked for: the
 * command, which may be slow or ask the user, comes last. A place that fails is noted, and never stops the others.
 * `recipient` is what SOPS_AGE_KEY_CMD is told. Rejects only with the reason of an aborted signal.
 */
export async function* findIdentities(
  host: Host,
  recipient: string,
  signal?: AbortSignal,
): AsyncGenerator<Found> {
  const known = cache.get(host) ?? new Map<string, Promise<Found>>();
  cache.set(host, known);
  for (const source of sourcesOf(host, recipient, signal)) {
    signal?.throwIfAborted();
    const found = known.get(source.cacheKey) ?? load(source, host);
    known.set(source.cacheKey, found);
    const answer = await found;
    if (signal?.aborted === true) known.delete(source.cacheKey);
    signal?.throwIfAborted();
    yield answer;
  }
}

function sourcesOf(host: Host, recipient: string, signal?: AbortSignal): readonly Source[] {
  const file = defaultKeyFile(host);
  return [
    variable("SOPS_AGE_KEY", host, (text) => Promise.resolve({ text })),
    variable("SOPS_AGE_KEY_FILE", host, (path) => readKeyFile(path, host, `no file at ${path}`)),
    typeof file === "string"
      ? { place: file, cacheKey: file, read: () => readKeyFile(file, host, "no such file") }
      : { place: "keys.txt", cacheKey: "keys.txt", read: () => Promise.resolve(file) },
    {
      ...variable("SOPS_AGE_KEY_CMD", host, (command) => runKeyCommand(command, host, recipient, signal)),
      cacheKey: `SOPS_AGE_KEY_CMD ${recipient}`,
    },
  ];
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

async function readKeyFile(path: string, host: Host, missing: string): Promise<Reading> {
  const bytes = await host.readFile(path);
  return bytes === null ? { note: missing } : textOf(bytes);
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
  const result = await host.run(argv, { env: { SOPS_AGE_RECIPIENT: recipient }, signal });
  return result.code === 0
    ? textOf(result.stdout)
    : { note: `the command failed with status ${String(result.code)}` };
}

function textOf(bytes: Uint8Array): Reading {
  const text = tryFromUtf8(bytes);
  return text === null ? { note: "not UTF-8 text" } : { text };
}

async function load(source: Source, host: Host): Promise<Found> {
  const reading = await source.read().catch((error: unknown) => ({ note: failure(error) }));
  if ("note" in reading) return { place: source.place, identities: [], note: reading.note };
  const parsed = parseIdentities(reading.text, await primitivesOf(host));
  for (const line of parsed.badLines)
    host.warn(`${source.place}: line ${String(line)} is not an age identity and was skipped`);
  return { place: source.place, identities: parsed.identities, note: describe(parsed) };
}

/** Only our own errors are known to hold no secret. */
function failure(error: unknown): string {
  return error instanceof SopsError ? error.message : "cannot be read";
}

function describe(parsed: ParsedIdentities): string {
  if (parsed.passphrase) return "protected by a passphrase, which this version of enc cannot open yet";
  const parts: string[] = [];
  const count = parsed.identities.length;
  if (count > 0) parts.push(count === 1 ? "1 identity" : `${String(count)} identities`);
  if (parsed.unsupported > 0)
    parts.push(
      `${String(parsed.unsupported)} plugin or post-quantum, which this version of enc cannot use yet`,
    );
  if (parsed.badLines.length > 0) parts.push(`not an identity in line ${parsed.badLines.join(", ")}`);
  return parts.length === 0 ? "no identity in it" : parts.join(", ");
}
