import { posix, resolve } from "node:path";
import { combineSettings } from "../config/settings.ts";
import { matchDestination } from "../config/match.ts";
import type { Config, CreationRule, DestinationRule } from "../config/model.ts";
import type { Destination, Target } from "../core/ports/destination.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import { openTarget } from "../destinations/index.ts";
import { formatOfSealed } from "../formats/detect.ts";
import { loadFormat } from "../formats/index.ts";
import { filesIn, kindOf } from "../node/folder.ts";
import { forFile } from "../node/context.ts";
import { outsideOf, realOf } from "../node/many/leads-out.ts";
import type { OpenSettings, OpsContext, SealSettings } from "../ops/context.ts";
import { type Copy, copyOf } from "../ops/publish.ts";
import type { Args } from "./args.ts";
import { configsFor } from "./config.ts";
import { openSettings, opsContext } from "./context.ts";
import type { Io } from "./io.ts";
import { configKeyReader } from "./keys.ts";
import { outsideText } from "./many/outside.ts";
import { passesUnsealed } from "./many/sealed-files.ts";
import { inInput, read } from "./place.ts";

/** A file that is to be published, ready to be sent. */
export interface Publication {
  /** As the user typed it, or below what was typed. */
  readonly file: string;
  /** Absolute, for the question. */
  readonly path: string;
  readonly target: Target;
  readonly name: string;
  readonly copy: Copy;
}

export interface Plan {
  readonly publications: readonly Publication[];
  /** Files of a folder that are not sealed. */
  readonly skipped: readonly string[];
}

/** A file, and what it is called below the folder that was named; a file that was named itself has its base name. */
interface Source {
  readonly file: string;
  readonly name: string;
}

/**
 * Makes everything ready and sends nothing: a file that does not open, or a rule that is wrong, stops the whole command
 * before the first upload.
 */
export async function planPublication(operand: string, args: Args, io: Io): Promise<Plan> {
  const { sources, many } = await sourcesOf(operand, args, io);
  const planner = new Planner(args, io, await opsContext(args, io), openSettings(args, io));
  const publications: Publication[] = [];
  const skipped: string[] = [];
  for (const source of sources) {
    const publication = await inInput(source.file, () => planner.prepare(source, many));
    if (publication === null) skipped.push(source.file);
    else publications.push(publication);
  }
  refuseSharedPlaces(publications);
  return { publications, skipped };
}

async function sourcesOf(
  operand: string,
  args: Args,
  io: Io,
): Promise<{ sources: readonly Source[]; many: boolean }> {
  const path = resolve(io.cwd, operand);
  const kind = await inInput(operand, () => kindOf(path));
  const typed = process.platform === "win32" ? operand.replaceAll("\\", "/") : operand;
  if (kind !== "folder") return { sources: [{ file: typed, name: posix.basename(typed) }], many: false };
  if (!args.has("recursive"))
    throw new SopsError("USAGE", "a folder is published with --recursive only", {
      hint: "add --recursive, or name a file",
      place: { file: operand },
    });
  const all = await filesIn(path);
  const isOutside = outsideOf([path, io.cwd]);
  const outside = all.filter((name) => isOutside(realOf(resolve(path, name))));
  if (outside.length > 0) io.note(outsideText(outside.map((name) => posix.join(typed, name))));
  const names = all.filter((name) => !outside.includes(name));
  return { sources: names.map((name) => ({ file: posix.join(typed, name), name })), many: true };
}

class Planner {
  readonly #args: Args;
  readonly #io: Io;
  readonly #ctx: OpsContext;
  readonly #settings: OpenSettings;
  readonly #configs: (file: string) => Promise<Config | undefined>;
  readonly #told = new Set<Config>();
  readonly #targets = new Map<DestinationRule, Promise<Target>>();

  constructor(args: Args, io: Io, ctx: OpsContext, settings: OpenSettings) {
    this.#args = args;
    this.#io = io;
    this.#ctx = ctx;
    this.#settings = settings;
    this.#configs = configsFor(args, io);
  }

  /** Null: the file is one of many, and not sealed. */
  async prepare({ file, name }: Source, many: boolean): Promise<Publication | null> {
    const path = resolve(this.#io.cwd, file);
    const sealed = await read(file, this.#io);
    const format = await loadFormat(formatOfSealed(file, sealed));
    if (many && passesUnsealed({ by: "folder" }, sealed, format) !== null) return null;
    const rule = await this.#ruleOf(file);
    const target = await this.#targetOf(rule);
    const placed = this.#args.has("omit-extensions") || rule.omitExtensions ? withoutExtension(name) : name;
    target.shown(placed);
    const recreate = target.holds === "file" ? await this.#recreation(rule, format) : undefined;
    const ctx = forFile(this.#ctx, path);
    const copy = await copyOf(sealed, format, target.holds, recreate, this.#settings, ctx);
    return { file, path, target, name: placed, copy };
  }

  async #ruleOf(file: string): Promise<DestinationRule> {
    const config = await this.#configs(file);
    if (config !== undefined) {
      await this.#tellOnce(config);
      return matchDestination(config, file);
    }
    throw new SopsError("NO_MATCHING_RULE", "there is no config that says where to publish it", {
      hint: "write a .sops-ts.yaml with destination_rules, or name a config with --config",
    });
  }

  async #tellOnce(config: Config): Promise<void> {
    if (this.#told.has(config)) return;
    this.#told.add(config);
    for (const warning of (await config.destinationRules()).warnings) this.#io.note(warning);
  }

  #targetOf(rule: DestinationRule): Promise<Target> {
    if (rule.destination === undefined)
      throw new SopsError("BAD_CONFIG", "the destination rule of this file names no destination", {
        hint: "add s3_bucket, gcs_bucket or vault_path to it",
        place: rule.place,
      });
    const opening = this.#targets.get(rule) ?? this.#open(rule.destination);
    this.#targets.set(rule, opening);
    return opening;
  }

  /** A server that may not have the data is told before the user is asked about each file of it. */
  async #open(destination: Destination): Promise<Target> {
    const target = await openTarget(destination, this.#ctx.host, this.#ctx.signal);
    await target.ready?.();
    return target;
  }

  async #recreation({ recreationRule }: DestinationRule, format: Format): Promise<SealSettings | undefined> {
    if (recreationRule === undefined || isEmpty(recreationRule)) return undefined;
    await this.#ctx.providers.load?.();
    const binary = format.name === "binary";
    return combineSettings({ binary }, recreationRule, configKeyReader(this.#args, this.#ctx.providers));
  }
}

/** `recreation_rule:` with nothing below it, which says no more than its absence. */
function isEmpty({ groups, selector, macOnlyEncrypted, shamirThreshold }: CreationRule): boolean {
  const hasKeys = groups.some(({ entries, merge }) => entries.length + merge.length > 0);
  return (
    !hasKeys && groups.length < 2 && selector === undefined && !macOnlyEncrypted && shamirThreshold === 0
  );
}

/** `a.enc.yaml` is `a.enc`. A name that is nothing but an extension (`.env`) stays: it would be nothing at all. */
function withoutExtension(name: string): string {
  const base = posix.basename(name);
  const dot = base.lastIndexOf(".");
  return dot <= 0 ? name : name.slice(0, name.length - base.length + dot);
}

/** The second would replace the first. */
function refuseSharedPlaces(publications: readonly Publication[]): void {
  const taken = new Map<string, string>();
  for (const { file, target, name } of publications) {
    const shown = target.shown(name);
    const other = taken.get(shown);
    if (other !== undefined)
      throw new SopsError("PUBLISH_FAILED", `${other} and ${file} would both be ${shown}`, {
        hint: "rename one of them, or leave the extensions on",
      });
    taken.set(shown, file);
  }
}
