import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matchDestination, matchRule, matchingText } from "../../src/config/match.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { realSops, runSops } from "../support/real-sops.ts";

const rulesFor = (...patterns: string[]): string =>
  `creation_rules:\n${patterns.map((p) => `  - path_regex: '${p}'\n    pgp: '${p}'\n`).join("")}`;

async function matched(text: string, file: string, config = "/p/.sops.yaml"): Promise<string | undefined> {
  return matchRule(await parseConfig(text, config), file)?.pathRegex?.source;
}

describe("matchRule", () => {
  it("takes the first rule that matches", async () => {
    const text = rulesFor("^prod/", "b\\.yaml$", "^prod");
    expect(await matched(text, "/p/prod/b.yaml")).toBe("^prod/");
    expect(await matched(text, "/p/dev/b.yaml")).toBe("b\\.yaml$");
    expect(await matched(text, "/p/production")).toBe("^prod");
  });

  it("matches everything without a pattern, and with an empty one", async () => {
    const config = await parseConfig("creation_rules: [{path_regex: ''}, {path_regex: a}]", "/p/.sops.yaml");
    expect(matchRule(config, "/p/a")).toBe(config.creationRules?.[0]);
  });

  it("is undefined where the config has no creation rules", async () => {
    expect(matchRule(await parseConfig("stores: {}", "/p/.sops.yaml"), "/p/a")).toBeUndefined();
  });

  it("names the rules that it tried, with their lines", async () => {
    const config = await parseConfig(rulesFor("^a$", "^b$"), "/p/.sops.yaml");
    expect(() => matchRule(config, "/p/dir/c.yaml")).toThrow(
      expect.objectContaining({
        code: "NO_MATCHING_RULE",
        message: "no creation rule matches dir/c.yaml",
        hint: expect.stringContaining("line 2: ^a$, line 4: ^b$") as unknown,
        place: { file: "/p/.sops.yaml" },
      }) as Error,
    );
  });

  it("finds no rule in an empty list", async () => {
    await expect(matched("creation_rules: []", "/p/a")).rejects.toMatchObject({ code: "NO_MATCHING_RULE" });
  });
});

describe("matchingText", () => {
  it.each([
    ["/p/.sops.yaml", "/p/a/b.yaml", "a/b.yaml"],
    ["/p/.sops.yaml", "/p/p/b.yaml", "p/b.yaml"],
    ["/p/.sops.yaml", "/pp/b.yaml", "/pp/b.yaml"],
    ["/p/q/.sops.yaml", "/p/b.yaml", "/p/b.yaml"],
    ["/.sops.yaml", "/p/b.yaml", "/p/b.yaml"],
    ["/p/.sops.yaml", "/p/a\\b.yaml", "a\\b.yaml"],
    ["C:\\p\\.sops.yaml", "C:\\p\\a\\b.yaml", "a/b.yaml"],
    ["C:\\.sops.yaml", "C:\\p\\b.yaml", "C:/p/b.yaml"],
    ["\\\\host\\share\\.sops.yaml", "\\\\host\\share\\a\\b.yaml", "a/b.yaml"],
  ])("%s, %s: %s", (config, file, text) => {
    expect(matchingText(config, file)).toBe(text);
  });
});

describe("matchDestination", () => {
  it("matches the path as typed", async () => {
    const config = await parseConfig(
      "destination_rules: [{path_regex: ^/p/a, s3_bucket: b}]",
      "/p/.sops.yaml",
    );
    expect(await matchDestination(config, "/p/a")).toBe((await config.destinationRules()).rules[0]);
    await expect(matchDestination(config, "a")).rejects.toThrow("no destination rule matches a");
  });
});

/** Each rule has a recipient of its own, so the file tells which rule the real sops took. */
const RECIPIENTS = [
  "age19kxncjf4dvfnthvykmcvfgd7dllrnvaxqz5kytwr0luvt3dffyhq8hsmcr",
  "age1je6kjhzuhdjy3fqptpttxjh5k8q46vygzlgtpuq3030c947pc5tqz9dqvr",
];
const CASES: readonly (readonly [pattern: string, file: string])[] = [
  ["^a/b\\.yaml$", "a/b.yaml"],
  ["^/", "a/b.yaml"],
  ["b.yaml", "a/b.yaml"],
  ["A", "a/b.yaml"],
  ["(?i)^A", "a/b.yaml"],
  ["^p/", "p/b.yaml"],
  ["[^/]+/[^/]+\\.yaml", "a/b.yaml"],
  ["^(dev|prod)/", "prod/b.yaml"],
  ["\\.ya?ml$", "b.yml"],
  ["^..yaml$", "é.yaml"],
  ["^.\\.yaml$", "é.yaml"],
  ["\\w\\.yaml", "é.yaml"],
];

describe.skipIf(realSops === null)("matchRule and the real sops", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "enc-match-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(CASES)("take the same rule for %s and %s", async (pattern, name) => {
    const [first = "", second = ""] = RECIPIENTS;
    const text = `creation_rules:\n  - path_regex: '${pattern}'\n    age: ${first}\n  - age: ${second}\n`;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, ".sops.yaml"), text);
    await writeFile(join(folder, name), "a: 1\n");
    const { code, stdout } = await runSops(["encrypt", name], { cwd: folder });
    expect(code).toBe(0);
    const taken = Buffer.from(stdout).toString().includes(first) ? first : second;
    const rule = matchRule(await parseConfig(text, join(folder, ".sops.yaml")), join(folder, name));
    expect(rule?.groups[0]?.entries[0]?.entry).toBe(taken);
  });
});
