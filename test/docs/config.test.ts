import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/parse.ts";
import { SELECTOR_NAMES } from "../../src/core/model/selection.ts";

const PAGE = readFileSync(new URL("../../docs/config.md", import.meta.url), "utf8");
const EXAMPLES = [...PAGE.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) => text ?? "");

describe("docs/config.md", () => {
  it("has examples", () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(3);
  });

  it.each(EXAMPLES)("has an example that is read without a warning: %.40j", async (text) => {
    const config = await parseConfig(text, "/p/.sops-ts.yaml");
    expect(config.creationRules?.every(({ groups }) => groups.length > 0)).toBe(true);
    expect(config.warnings).toEqual([]);
  });

  it.each(SELECTOR_NAMES)("names the selector %s", (name) => {
    expect(PAGE).toContain(`\`${name}\``);
  });

  it("names every key of a creation rule", async () => {
    const error: unknown = await parseConfig("creation_rules: [{zzzzzzzzzzzz: 1}]", "/p").catch(
      (e: unknown) => e,
    );
    const { hint } = error as { hint: string };
    const keys = hint.slice(hint.indexOf(": ") + 2).split(", ");
    expect(keys).toContain("path_regex");
    expect(keys.filter((key) => !PAGE.includes(`\`${key}\``))).toEqual([]);
  });
});
