import { resolve } from "node:path";
import { matchRule } from "../config/match.ts";
import type { CreationRule } from "../config/model.ts";
import { combineSettings } from "../config/settings.ts";
import type { FormatName } from "../core/model/format.ts";
import type { Selector } from "../core/model/selection.ts";
import { loadConfig } from "../node/read-config.ts";
import type { OpsContext, SealSettings } from "../ops/context.ts";
import type { Args } from "./args.ts";
import { configOptions } from "./config.ts";
import type { Io } from "./io.ts";
import { configKeyReader, keysFromFlags } from "./keys.ts";
import { SELECTORS } from "./options.ts";

/** A new file's keys and selector: from the flags, their variables, and the creation rule that matches `name`. */
export async function sealSettings(
  args: Args,
  name: string,
  format: FormatName,
  ctx: OpsContext,
  io: Io,
): Promise<SealSettings> {
  await ctx.providers.load?.();
  return settingsUnder(await ruleFor(args, name, io), args, format, ctx);
}

/** The creation rule of a file; undefined where there is no config with rules. Throws NO_MATCHING_RULE, BAD_CONFIG. */
export async function ruleFor(args: Args, name: string, io: Io): Promise<CreationRule | undefined> {
  const config = await loadConfig(configOptions(args, name, io));
  return config && matchRule(config, resolve(io.cwd, name));
}

/** The same where the rule is known, undefined for none. The providers must be loaded. */
export function settingsUnder(
  rule: CreationRule | undefined,
  args: Args,
  format: FormatName,
  ctx: OpsContext,
): SealSettings {
  const keys = keysFromFlags(args, ctx.providers);
  const flags = {
    keys: keys.length === 0 ? undefined : keys,
    selectors: selectorsFromFlags(args),
    shamirThreshold: args.integer("shamir-secret-sharing-threshold", 0),
    macOnlyEncrypted: args.has("mac-only-encrypted"),
    binary: format === "binary",
  };
  return combineSettings(flags, rule, configKeyReader(args, ctx.providers));
}

function selectorsFromFlags(args: Args): readonly Selector[] {
  return SELECTORS.flatMap(({ long, selector }) => {
    const pattern = args.text(long);
    return pattern === undefined || pattern === "" ? [] : [{ name: selector, pattern }];
  });
}
