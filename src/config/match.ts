import { SopsError } from "../core/base/errors.ts";
import type { Config, CreationRule, DestinationRule } from "./model.ts";

/**
 * The first creation rule that matches `file`, an absolute path; undefined where the config has no `creation_rules`,
 * which SOPS takes as no config at all. Throws NO_MATCHING_RULE, also for an empty list (format.md 13).
 */
export function matchRule(config: Config, file: string): CreationRule | undefined {
  if (config.creationRules === undefined) return undefined;
  const text = matchingText(config.path, file);
  const rule = config.creationRules.find(({ pathRegex }) => pathRegex?.matches(text) ?? true);
  if (rule !== undefined) return rule;
  throw new SopsError("NO_MATCHING_RULE", `no creation rule matches ${text}`, {
    hint: `${triedText(config.creationRules)}; add a rule without path_regex at the end to match every other file`,
    place: { file: config.path },
  });
}

/** The first destination rule that matches the path as typed: no folder is cut off it. Throws NO_MATCHING_RULE. */
export async function matchDestination(config: Config, path: string): Promise<DestinationRule> {
  const { rules } = await config.destinationRules();
  const rule = rules.find(({ pathRegex }) => pathRegex?.matches(path) ?? true);
  if (rule !== undefined) return rule;
  throw new SopsError("NO_MATCHING_RULE", `no destination rule matches ${path}`, {
    hint: "add one under destination_rules:",
    place: { file: config.path },
  });
}

/**
 * What `path_regex` is searched in: the file's absolute path, the folder of the config cut off where it lies in there,
 * `/` as separator on every platform (SOPS leaves `\` on Windows). Symbolic links are not followed.
 */
export function matchingText(configPath: string, file: string): string {
  const path = withSlashes(file);
  const config = withSlashes(configPath);
  // The config at the root of a drive or file system: SOPS looks for a prefix with two separators, so nothing is cut.
  const folder = config.slice(0, config.lastIndexOf("/"));
  const isRoot = folder === "" || /^[A-Za-z]:$/.test(folder);
  return !isRoot && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** Only a path that starts with a drive or a server is one of Windows: elsewhere `\` is part of a name. */
function withSlashes(path: string): string {
  return /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path) ? path.replaceAll("\\", "/") : path;
}

function triedText(rules: readonly CreationRule[]): string {
  if (rules.length === 0) return "creation_rules is empty";
  const tried = rules.map(
    ({ pathRegex, place }) => `line ${String(place.line ?? 1)}: ${pathRegex?.source ?? ""}`,
  );
  const shown = tried.slice(0, MOST_SHOWN);
  const left = tried.length - shown.length;
  return `tried ${shown.join(", ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
}

const MOST_SHOWN = 10;
