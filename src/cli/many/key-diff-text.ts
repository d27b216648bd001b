import type { KeyUpdate } from "../../ops/update-keys.ts";
import { printable } from "../../core/base/printable.ts";

/** What `updatekeys` would change, as sops prints it: groups count from 1, `+++` comes, `---` goes. */
export function keyDiffText({ groups, threshold }: Pick<KeyUpdate, "groups" | "threshold">): string {
  const lines = groups.flatMap(({ kept, added, removed }, i) => [
    `Group ${String(i + 1)}`,
    ...kept.map((name) => `    ${name}`),
    ...added.map((name) => `+++ ${name}`),
    ...removed.map((name) => `--- ${name}`),
  ]);
  const all = [
    "The following changes will be made to the file's groups:",
    ...thresholdLines(threshold),
    ...lines,
  ];
  return all.map((line) => `${printable(line)}\n`).join("");
}

function thresholdLines({ before, after }: KeyUpdate["threshold"]): readonly string[] {
  if (before === after) return before > 0 ? [`shamir_threshold: ${String(after)}`] : [];
  const added = after > 0 ? [`+++ shamir_threshold: ${String(after)}`] : [];
  return before > 0 ? [...added, `--- shamir_threshold: ${String(before)}`] : added;
}
