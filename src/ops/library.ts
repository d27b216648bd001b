import { fromUtf8, utf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import type { FormatName } from "../core/model/format.ts";
import type { Host } from "../core/ports/host.ts";
import type { KeyRef, Providers } from "../core/keys/key.ts";
import { nobleRuntime } from "../core/ports/noble.ts";
import { isBytes, ownBytes } from "../core/base/realm.ts";
import type { Runtime } from "../core/ports/runtime.ts";
import type { Selector } from "../core/model/selection.ts";
import { loadFormat } from "../formats/index.ts";
import { portableProviders } from "../providers/portable.ts";
import type { Formats, OpsContext } from "./context.ts";
import { decrypt as decryptBytes } from "./decrypt.ts";
import { encrypt as encryptBytes } from "./encrypt.ts";
import { portableHost } from "./portable-host.ts";

/** What every library call may choose. */
export interface LibraryOptions {
  readonly format: FormatName;
  /** The other format to write; default: `format`. */
  readonly outputFormat?: FormatName | undefined;
  /** Spaces of canonical text; default: SOPS' (YAML 4, JSON one tab). */
  readonly indent?: number | undefined;
  /** The crypto of this platform; default: pure JavaScript, which runs anywhere. */
  readonly runtime?: Runtime | undefined;
  /** The kinds of keys that can be used; default: those that need no Node. All: `nodeProviders` of `sops-ts/node`. */
  readonly providers?: Providers | undefined;
  /** Where keys are looked up; default: only what the call itself brings. */
  readonly host?: Host | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EncryptOptions extends LibraryOptions {
  /** age recipients (`age1...`) that may open the file, as one group. */
  readonly recipients?: readonly string[] | undefined;
  /** Instead of `recipients`: key groups, of which `shamirThreshold` are needed to open the file (0: all). */
  readonly groups?: readonly (readonly KeyRef[])[] | undefined;
  readonly shamirThreshold?: number | undefined;
  /** Which values are encrypted; default: all but those below a key that ends with `_unencrypted`. */
  readonly selector?: Selector | undefined;
  readonly macOnlyEncrypted?: boolean | undefined;
}

export interface DecryptOptions extends LibraryOptions {
  /** age identities (`AGE-SECRET-KEY-1...`). */
  readonly identities?: readonly string[] | undefined;
  /** Read a file whose MAC does not match. Each value is still authenticated with its path. */
  readonly ignoreMac?: boolean | undefined;
  /** Answer only what stands at this path: `["database"]["password"]`. */
  readonly extract?: string | undefined;
}

/**
 * Encrypts the values of a text. `input`: the plain file, as bytes or as text. Answers the sealed file in bytes.
 * Throws SopsError: the codes are listed in docs/errors.md.
 */
export async function encrypt(input: Uint8Array | string, options: EncryptOptions): Promise<Uint8Array> {
  if (options.recipients !== undefined && options.groups !== undefined)
    throw new SopsError("CONFLICTING_OPTIONS", "recipients and groups exclude each other", {
      hint: "put the recipients into a group",
    });
  const ctx = contextOf(options, []);
  await ctx.providers.load?.(["age"]);
  const age = ctx.providers.get("age");
  const groups = options.groups ?? [(options.recipients ?? []).flatMap((r) => age?.fromConfig(r) ?? [])];
  if (groups.length === 1 && (options.shamirThreshold ?? 0) > 1)
    throw new SopsError(
      "BAD_SHARES",
      "one key group has no threshold: each of its keys opens the file alone",
      {
        hint: "put the keys that are needed together into groups of their own",
      },
    );
  const settings = {
    groups,
    shamirThreshold: options.shamirThreshold ?? 0,
    selector: options.selector,
    macOnlyEncrypted: options.macOnlyEncrypted ?? false,
  };
  return encryptBytes(bytesOf(input), await formatsOf(options), settings, ctx);
}

/** Opens a sealed file and verifies it. Answers the plain file, byte for byte, or the extracted value. */
export async function decrypt(input: Uint8Array | string, options: DecryptOptions): Promise<Uint8Array> {
  const ctx = contextOf(options, options.identities ?? []);
  const { ignoreMac, extract } = options;
  return decryptBytes(bytesOf(input), await formatsOf(options), { ignoreMac, extract }, ctx);
}

/** The same as text. Throws NOT_UTF8 where the plain file is not text. */
export async function decryptToText(input: Uint8Array | string, options: DecryptOptions): Promise<string> {
  return fromUtf8(await decrypt(input, options));
}

/** Throws NOT_UTF8 for text that UTF-8 cannot hold: it would come back as other text. */
export function bytesOf(input: Uint8Array | string): Uint8Array {
  if (typeof input !== "string") return isBytes(input) ? ownBytes(input) : input;
  if (!/\p{Surrogate}/u.test(input)) return utf8(input);
  throw new SopsError("NOT_UTF8", "the text holds half of a surrogate pair, which UTF-8 cannot hold", {
    hint: "pass the file as bytes, as it was read",
  });
}

export async function formatsOf(options: LibraryOptions): Promise<Formats> {
  const input = await loadFormat(options.format);
  const output = options.outputFormat === undefined ? input : await loadFormat(options.outputFormat);
  return { input, output, indent: options.indent };
}

export function contextOf(options: LibraryOptions, identities: readonly string[]): OpsContext {
  if (options.host !== undefined && identities.length > 0)
    throw new SopsError("CONFLICTING_OPTIONS", "host and identities exclude each other", {
      hint: "give the identities through the host",
    });
  return {
    runtime: options.runtime ?? nobleRuntime,
    host: options.host ?? portableHost({ identities }),
    providers: options.providers ?? portableProviders(),
    signal: options.signal,
  };
}
