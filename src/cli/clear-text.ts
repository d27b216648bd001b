import { resolve } from "node:path";
import { clearAgainstRule, type SealedChange } from "../ops/clear-text.ts";
import { type OpsContext, warn } from "../ops/context.ts";
import type { Io } from "./io.ts";
import type { Rules } from "./rule-of.ts";

export interface Ruled {
  /** The name that decides on the rule, as the user gave it. */
  readonly name: string;
  readonly rules: Rules;
  readonly io: Io;
}

/** Tells, before anything is written, what will stand in clear text although the creation rule would encrypt it. */
export async function warnOfClearText(
  change: SealedChange,
  { name, rules, io }: Ruled,
  ctx: OpsContext,
): Promise<void> {
  const rule = await rules.ruleOf(name, resolve(io.cwd, name));
  const line = rule && (await clearAgainstRule(change, rule.selector));
  if (typeof line === "string") warn(ctx, line);
}
