import { keyGroupsOf } from "../../config/keys.ts";
import { matchRule } from "../../config/match.ts";
import { type ErrorCode, SopsError } from "../../core/base/errors.ts";
import type { Format } from "../../core/model/format.ts";
import type { KeyRef } from "../../core/keys/key.ts";
import { Budget, within } from "../../node/many/budget.ts";
import type { Selected } from "../../node/many/select.ts";
import { readTarget, type Target } from "../../node/many/target.ts";
import { type KeyUpdate, updateKeys } from "../../ops/update-keys.ts";
import type { Args } from "../args.ts";
import { configsFor } from "../config.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { configKeyReader } from "../keys.ts";
import type { ManyContext } from "./context.ts";
import { NO_RULE, type Outcome } from "./outcome.ts";
import { NOT_ENCRYPTED, passesUnsealed } from "./sealed-files.ts";

/** What is to be done with a file, or what became of it. */
export type Planned =
  | { readonly file: Selected; readonly outcome: Outcome }
  | {
      readonly file: Selected;
      readonly target: Target;
      readonly format: Format;
      /** What is shown. What was parsed for it is let go: of 10,000 files it would fill the memory. */
      readonly diff: Pick<KeyUpdate, "groups" | "threshold" | "keepers">;
      /** The change, made from the file once more. */
      readonly apply: () => Promise<Uint8Array>;
    };

export const settled = (file: Selected, outcome: Outcome): Planned => ({ file, outcome });

/** Compares the keys of files with those of their rules. One planner for all: configs are read once. */
export function keyPlanner(args: Args, io: Io, world: ManyContext): (file: Selected) => Promise<Planned> {
  const { ctx } = world;
  const configs = configsFor(args, io);
  const budget = new Budget();
  const ruleOf = async (file: Selected): Promise<readonly (readonly KeyRef[])[]> => {
    await ctx.providers.load?.();
    const config = await configs(file.name);
    const rule = config && matchRule(config, file.path);
    if (rule === undefined) throw noConfig();
    return keyGroupsOf(rule, configKeyReader(args, ctx.providers));
  };
  const plan = async (file: Selected): Promise<Planned> => {
    const target = await readTarget(file.path, file.name);
    const format = await inputFormat(args, file.name, { sealed: target.bytes() });
    const why = file.by === "name" ? null : passesUnsealed(file, target.bytes(), format);
    if (why !== null) return settled(file, { name: file.name, state: "skipped", why });
    const rule = await ruleOf(file);
    const update = (): Promise<KeyUpdate> => updateKeys(target.bytes(), format, rule, world.about(file));
    const { groups, threshold, keepers, changes } = await update();
    if (changes) {
      const apply = async (): Promise<Uint8Array> => (await update()).apply();
      return { file, target: within(target, budget), format, diff: { groups, threshold, keepers }, apply };
    }
    return settled(file, { name: file.name, state: "unchanged", why: "already up to date" });
  };
  return async (file) => {
    try {
      return await plan(file);
    } catch (error) {
      return settled(file, failed(file, error));
    }
  };
}

/** For a file that a folder or a glob brought these mean that it is not concerned. */
const HARMLESS: Readonly<Partial<Record<ErrorCode, string>>> = {
  NO_METADATA: NOT_ENCRYPTED,
  NO_MATCHING_RULE: NO_RULE,
};

/** Throws what is no failure of this file alone: a defect of ours, or a user who gave up. */
export function failed(file: Selected, error: unknown): Outcome {
  if (!(error instanceof SopsError) || error.code === "CANCELLED") throw error;
  const { name } = file;
  const why = file.by === "name" ? undefined : HARMLESS[error.code];
  if (why !== undefined) return { name, state: "skipped", why };
  return { name, state: "failed", error: error.at({ file: name }) };
}

function noConfig(): SopsError {
  return new SopsError("BAD_CONFIG", "no config with creation rules says whose keys to use", {
    hint: "write a .sops-ts.yaml with creation_rules, or name a config with --config",
  });
}
