import { resolve } from "node:path";
import { matchRule } from "../config/match.ts";
import type { CreationRule } from "../config/model.ts";
import { combineSettings } from "../config/settings.ts";
import { SopsError } from "../core/base/errors.ts";
import type { FormatName } from "../core/model/format.ts";
import type { Host } from "../core/ports/host.ts";
import type { Selector } from "../core/model/selection.ts";
import { formatOfSealed } from "../formats/detect.ts";
import { formatForPath, loadFormat } from "../formats/index.ts";
import { asOneText, refuseSealed, type TakenFor } from "../ops/as-one.ts";
import { type Formats, type OpsContext, type SealSettings, warn } from "../ops/context.ts";
import { decrypt } from "../ops/decrypt.ts";
import { encrypt } from "../ops/encrypt.ts";
import { replacing } from "../ops/replaced.ts";
import { nodeContext } from "./context.ts";
import { writeFileSafely } from "./files.ts";
import { loadConfig } from "./read-config.ts";
import { inFile } from "./in-file.ts";
import { keyReader, providerOf } from "./key-reader.ts";
import type { KeyServiceSettings } from "./keyservice/index.ts";
import { type Input, isSameFile, refuseOther } from "./other-file.ts";
import { readNamed } from "./read-input.ts";
import { seenOrNot } from "./seen.ts";

interface FileOptions {
  /** Default: by the suffix of the path, else by what is in it or its creation rule, as on the command line. */
  readonly format?: FormatName | undefined;
  /** Convert to this format. Default: `format`. */
  readonly outputFormat?: FormatName | undefined;
  /**
   * Write the result to this file too, whole or not at all. May be the file itself. A file that holds something else is not
   * replaced (CANNOT_WRITE), as with `--output` on the command line.
   */
  readonly writeTo?: string | undefined;
  /** Where keys are looked for. Default: this process, as on the command line. */
  readonly host?: Host | undefined;
  /** Key services to ask besides this process's own keys, or, where `local` is false, in their place. Default: none. */
  readonly keyServices?: KeyServiceSettings | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DecryptFileOptions extends FileOptions {
  readonly ignoreMac?: boolean | undefined;
  /** Only what stands at this path: `["database"]["password"]`. */
  readonly extract?: string | undefined;
}

export interface EncryptFileOptions extends FileOptions {
  /** age recipients; they replace the keys of the creation rule. */
  readonly recipients?: readonly string[] | undefined;
  readonly selector?: Selector | undefined;
  readonly macOnlyEncrypted?: boolean | undefined;
  /** This config, and no search for one. */
  readonly config?: string | undefined;
}

/** The plain text of a sealed file. Throws SopsError with the file in its place. */
export async function decryptFile(path: string, options: DecryptFileOptions = {}): Promise<Uint8Array> {
  const { ignoreMac, extract, writeTo } = options;
  const replaces = writeTo !== undefined && isSameFile(resolve(writeTo), resolve(path));
  if (replaces && extract !== undefined) throw oneValueForAll(path);
  return transform(path, options, "plain", async (sealed, ctx) => {
    const formats = await formatsOf(formatOfSealed(path, sealed), options);
    return decrypt(sealed, formats, { ignoreMac, extract, replaces }, ctx);
  });
}

function oneValueForAll(path: string): SopsError {
  return new SopsError("CONFLICTING_OPTIONS", "extract and writeTo: one value would replace the file", {
    hint: "write it to another file, or leave extract out",
    place: { file: path },
  });
}

/** A plain file, sealed under a new data key for the recipients, or for the keys of the creation rule that matches it. */
export async function encryptFile(path: string, options: EncryptFileOptions = {}): Promise<Uint8Array> {
  return transform(path, options, "sealed", async (plain, ctx) => {
    await ctx.providers.load?.();
    const rule = await ruleFor(path, options, ctx);
    const byName = formatForPath(path);
    const formats = await formatsOf(byName === "binary" ? (rule?.type ?? byName) : byName, options);
    const taken = takenFor(formats, options);
    refuseSealed(plain, taken, "decryptFile opens it");
    const note = asOneText(path, taken);
    if (note !== undefined) warn(ctx, note);
    return encrypt(plain, formats, settingsOf(rule, formats, options, ctx), ctx);
  });
}

function takenFor({ input }: Formats, { format }: FileOptions): TakenFor {
  return { format: input.name, said: format !== undefined, saying: (type) => `format: "${type}"` };
}

async function transform(
  path: string,
  options: FileOptions,
  makes: "plain" | "sealed",
  work: (bytes: Uint8Array, ctx: OpsContext) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const ctx = nodeContext(options.host, options.signal, options.keyServices, resolve(path));
  const { writeTo } = options;
  const before = writeTo === undefined ? undefined : seenOrNot(resolve(writeTo));
  const input = await readNamed(path);
  const existing = await existingAt(writeTo, makes, { path: resolve(path), bytes: input });
  const result = await inFile(path, () => work(input, ctx));
  if (writeTo === undefined) return result;
  const seen = resolve(writeTo) === resolve(path) ? input : before;
  const tell = (message: string): void => {
    warn(ctx, `${writeTo}: ${message}`);
  };
  const newMode = makes === "plain" ? "secret" : "shared";
  await inFile(writeTo, async () => {
    if (existing !== null) for (const line of await replacing(existing, result, ctx)) tell(line);
    await writeFileSafely(resolve(writeTo), result, { newMode, seen, warn: tell });
  });
  return result;
}

/** As for `--output`: what holds something else stays, and an encrypted file to be replaced is looked at. */
async function existingAt(
  writeTo: string | undefined,
  makes: "plain" | "sealed",
  input: Input,
): Promise<Uint8Array | null> {
  return writeTo === undefined ? null : inFile(writeTo, () => refuseOther(makes, resolve(writeTo), input));
}

async function formatsOf(known: FormatName, options: FileOptions): Promise<Formats> {
  const input = await loadFormat(options.format ?? known);
  const { outputFormat } = options;
  return {
    input,
    output:
      outputFormat === undefined || outputFormat === input.name ? input : await loadFormat(outputFormat),
  };
}

async function ruleFor(
  path: string,
  options: EncryptFileOptions,
  ctx: OpsContext,
): Promise<CreationRule | undefined> {
  const file = resolve(path);
  const warn = (message: string): void => {
    ctx.host.warn(message);
  };
  const config = await loadConfig({ file, cwd: process.cwd(), config: options.config, warn });
  return config && matchRule(config, file);
}

function settingsOf(
  rule: CreationRule | undefined,
  formats: Formats,
  options: EncryptFileOptions,
  ctx: OpsContext,
): SealSettings {
  const flags = {
    keys: options.recipients?.flatMap((recipient) => providerOf("age", ctx.providers).fromConfig(recipient)),
    selectors: options.selector === undefined ? [] : [options.selector],
    macOnlyEncrypted: options.macOnlyEncrypted,
    binary: formats.input.name === "binary",
  };
  return combineSettings(flags, rule, keyReader(ctx.providers));
}
