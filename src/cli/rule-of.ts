import { keyGroupsOf } from "../config/keys.ts";
import { matchRule } from "../config/match.ts";
import type { CreationRule } from "../config/model.ts";
import { SopsError } from "../core/base/errors.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { OpsContext } from "../ops/context.ts";
import type { Args } from "./args.ts";
import { configsFor } from "./config.ts";
import type { Io } from "./io.ts";
import { configKeyReader } from "./keys.ts";

/** What the creation rules say of files that are encrypted already: `name` as the user gave it, `path` absolute. */
export interface Rules {
  ruleOf(name: string, path: string): Promise<CreationRule | undefined>;
  /** The keys of the rule. The providers must be loaded. */
  groupsOf(name: string, path: string): Promise<readonly (readonly KeyRef[])[] | undefined>;
}

/**
 * For commands that need no rule, and only tell how a file differs from its own: they work without a config, and no
 * mistake in one stops them or is told. Undefined: there is none, or none that can be read.
 */
export function rulesToTell(args: Args, io: Io, ctx: OpsContext): Rules {
  const configs = configsFor(args, { ...io, note: () => undefined });
  const ruleOf: Rules["ruleOf"] = (name, path) =>
    unlessMistaken(async () => {
      const config = await configs(name);
      return config && matchRule(config, path);
    });
  return {
    ruleOf,
    groupsOf: (name, path) =>
      unlessMistaken(async () => {
        const rule = await ruleOf(name, path);
        return rule && keyGroupsOf(rule, configKeyReader(args, ctx.providers));
      }),
  };
}

async function unlessMistaken<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof SopsError) return undefined;
    throw error;
  }
}
