import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/model.ts";
import { parseConfig, parseStores } from "../../src/config/parse.ts";

const FILE = "/p/.sops.yaml";
const parse = (...lines: string[]): Promise<Config> => parseConfig(lines.join("\n"), FILE);
/** All of it, as `publish` reads it. */
const parseAll = async (...lines: string[]): Promise<Config> => {
  const config = await parse(...lines);
  await config.destinationRules();
  return config;
};
const rule = (...lines: string[]): Promise<Config> =>
  parse("creation_rules:", ...lines.map((line, i) => (i === 0 ? `  - ${line}` : `    ${line}`)));

/** What a config is refused with: code, line and column, and the words that the message or hint must hold. */
async function refusal(config: Promise<Config>): Promise<{ code: string; at: string; text: string }> {
  const error = await config.then(
    () => undefined,
    (reason: unknown) =>
      reason as { code: string; message: string; hint: string; place: Record<string, unknown> },
  );
  if (error === undefined) throw new Error("the config was accepted");
  expect(error.place["file"]).toBe(FILE);
  const at = `${String(error.place["line"])}:${String(error.place["column"])}`;
  return { code: error.code, at, text: `${error.message}; ${error.hint}` };
}

describe("parseConfig", () => {
  it("reads every key of a flat rule", async () => {
    const { creationRules, warnings } = await rule(
      "path_regex: \\.yaml$",
      "age: age1a, age1b,",
      "pgp: [FP1, FP2]",
      "kms: arn:aws:kms:eu:1:key/a",
      "aws_profile: prod",
      "gcp_kms: projects/p",
      "hckms: [r:u]",
      "azure_keyvault: https://v/keys/k/1",
      "hc_vault_transit_uri: https://v/v1/transit/keys/k",
      "shamir_threshold: 2",
      "encrypted_regex: ^(data|stringData)$",
      "mac_only_encrypted: true",
    );
    const [read] = creationRules ?? [];
    expect(read).toMatchObject({
      place: { file: FILE, line: 2, column: 5 },
      pathRegex: { source: "\\.yaml$" },
      shamirThreshold: 2,
      selector: { name: "encrypted_regex", pattern: "^(data|stringData)$" },
      macOnlyEncrypted: true,
    });
    expect(
      read?.groups[0]?.entries.map(({ type, entry, shared }) => [type, entry, shared?.["aws_profile"]]),
    ).toEqual([
      ["age", "age1a,age1b", undefined],
      ["pgp", "FP1", undefined],
      ["pgp", "FP2", undefined],
      ["kms", "arn:aws:kms:eu:1:key/a", "prod"],
      ["gcp_kms", "projects/p", undefined],
      ["hckms", "r:u", undefined],
      ["azure_kv", "https://v/keys/k/1", undefined],
      ["hc_vault", "https://v/v1/transit/keys/k", undefined],
    ]);
    expect(warnings).toEqual([]);
  });

  it("reads every key of a key group", async () => {
    const { creationRules } = await rule(
      "key_groups:",
      "  - merge:",
      "      - pgp: [A]",
      "      - merge: [{age: [b]}]",
      "    hc_vault: [https://v/v1/t/keys/k]",
      "    azure_keyvault: [{vaultUrl: https://v, key: k, version: 1}]",
      "    hckms: [{key_id: r:u}]",
      "    gcp_kms: [{resource_id: g}]",
      "    kms: [{arn: a, role: r, context: {k: v, __proto__: 1}, aws_profile: p}]",
      "    pgp: [B]",
      "    age: [c]",
    );
    const [group] = creationRules?.[0]?.groups ?? [];
    expect(group?.merge.map(({ entries, merge }) => [entries.length, merge.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(group?.entries.map(({ type }) => type)).toEqual([
      "age",
      "pgp",
      "kms",
      "gcp_kms",
      "hckms",
      "azure_kv",
      "hc_vault",
    ]);
    expect(group?.entries.slice(2, 6).map(({ entry }) => entry)).toEqual([
      {
        arn: "a",
        role: "r",
        context: Object.fromEntries([
          ["k", "v"],
          ["__proto__", "1"],
        ]),
        aws_profile: "p",
      },
      { resource_id: "g" },
      { key_id: "r:u" },
      { vaultUrl: "https://v", key: "k", version: "1" },
    ]);
  });

  it.each([
    ["an empty file", ""],
    ["comments only", "# nothing\n"],
    ["null", "~\n"],
    ["null rules", "creation_rules:\n"],
    ["only destination rules", "destination_rules:\n  - s3_bucket: b\n"],
  ])("has no creation rules in %s", async (_, text) => {
    expect((await parseConfig(text, FILE)).creationRules).toBeUndefined();
  });

  it("tells an empty list of rules from none", async () => {
    expect((await parse("creation_rules: []")).creationRules).toEqual([]);
  });

  it("takes scalars as SOPS does where it expects text, booleans and numbers", async () => {
    const { creationRules } = await rule(
      "path_regex: 5",
      "pgp: 85E1",
      "mac_only_encrypted: yes",
      "shamir_threshold: ~",
    );
    expect(creationRules?.[0]).toMatchObject({
      pathRegex: { source: "5" },
      macOnlyEncrypted: true,
      shamirThreshold: 0,
    });
    expect(creationRules?.[0]?.groups[0]?.entries[0]?.entry).toBe("85E1");
  });

  it("reads the first document only, CRLF and a byte order mark", async () => {
    const { creationRules } = await parse("\ufeffcreation_rules:\r", "  - age: age1a\r", "---\r", "wrong: [");
    expect(creationRules?.[0]?.groups[0]?.entries[0]?.entry).toBe("age1a");
  });

  it("warns of flat keys beside key groups, with the line", async () => {
    const { warnings } = await rule("key_groups: [{age: [a]}]", "age: b");
    expect(warnings).toEqual([
      `${FILE}:3: key_groups are used, so the other keys of this rule have no effect`,
    ]);
  });

  it("uses flat keys beside an empty key_groups", async () => {
    const { creationRules } = await rule("key_groups: []", "age: b");
    expect(creationRules?.[0]?.groups.map(({ entries }) => entries.length)).toEqual([1]);
  });
});

describe("parseConfig: anchors", () => {
  it("follows aliases and merge keys, own keys first", async () => {
    const { creationRules } = await parse(
      "keys:",
      "  - &alice age1a",
      "stanzas:",
      "  defaults: &defaults",
      "    mac_only_encrypted: true",
      "    encrypted_suffix: _secret",
      "  other: &other {encrypted_suffix: _other, shamir_threshold: 3}",
      "creation_rules:",
      "  - <<: *defaults",
      "    encrypted_suffix: _mine",
      "    key_groups: [{age: [*alice]}]",
      "  - <<: [*defaults, *other]",
    );
    expect(creationRules?.map((r) => [r.selector?.pattern, r.macOnlyEncrypted, r.shamirThreshold])).toEqual([
      ["_mine", true, 0],
      ["_secret", true, 3],
    ]);
    expect(creationRules?.[0]?.groups[0]?.entries[0]).toMatchObject({
      entry: "age1a",
      place: { line: 2, column: 12 },
    });
  });

  it("lets an anchor be defined anew", async () => {
    const { creationRules } = await parse("x-a: [&k one, &k two]", "creation_rules: [{age: *k}]");
    expect(creationRules?.[0]?.groups[0]?.entries[0]?.entry).toBe("two");
  });

  it.each([
    ["an unknown alias", ["creation_rules: *no"], "1:17"],
    ["an alias within itself", ["creation_rules: &a", "  - age: [*a]"], "2:11"],
    ["a merge key of itself", ["creation_rules:", "  - &a", "    <<: *a"], "3:9"],
    ["a merge key of a text", ["creation_rules:", "  - <<: text"], "2:9"],
  ])("refuses %s", async (_, lines, at) => {
    expect(await refusal(parseAll(...lines))).toMatchObject({ code: "BAD_CONFIG", at });
  });

  it("does not take exponential time for groups of groups", async () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `  - &g${String(i + 1)} {merge: [*g${String(i)}, *g${String(i)}]}`,
    );
    const { creationRules } = await parse(
      "keys:",
      "  - &g0 {age: [a]}",
      ...levels,
      "creation_rules: [{key_groups: [*g40]}]",
    );
    expect(creationRules).toHaveLength(1);
  });

  it("refuses what is nested too deeply, also by aliases", async () => {
    const levels = Array.from({ length: 90 }, (_, i) => `  - &g${String(i + 1)} {merge: [*g${String(i)}]}`);
    expect((await refusal(parse("keys:", "  - &g0 {age: [a]}", ...levels))).text).toContain(
      "nested too deeply",
    );
    expect((await refusal(parse("keys: " + "[".repeat(50_000)))).text).toContain("nested too deeply");
  });
});

describe("parseConfig: refusals", () => {
  it.each([
    ["a misspelt top-level key", ["creation_rule: []"], "1:1", "did you mean creation_rules?"],
    ["one that holds anchors", ["creation_rule:", "  - &a {age: b}"], "1:1", "did you mean creation_rules?"],
    ["an unknown top-level key", ["recipients: []"], "1:1", "creation_rules, destination_rules, stores"],
    [
      "a misspelt rule key",
      ["creation_rules:", "  - age: a", "    path_regexp: x"],
      "3:5",
      "did you mean path_regex?",
    ],
    ["a group key in a flat rule", ["creation_rules:", "  - hc_vault: a"], "2:5", 'no key "hc_vault"'],
    [
      "a rule key in a group",
      ["creation_rules:", "  - key_groups:", "    - hc_vault_transit_uri: [a]"],
      "3:7",
      "hc_vault",
    ],
    [
      "an unknown part of a key",
      ["creation_rules:", "- key_groups: [{azure_keyvault: [{vaulturl: a}]}]"],
      "2:35",
      "did you mean vaultUrl?",
    ],
    [
      "an unknown destination key",
      ["destination_rules:", "  - s3_buckets: a"],
      "2:5",
      "did you mean s3_bucket?",
    ],
    [
      "path_regex in a recreation rule",
      ["destination_rules:", "- recreation_rule: {path_regex: a}"],
      "2:21",
      "no key",
    ],
    ["an unknown store", ["stores: {yml: {indent: 2}}"], "1:10", "did you mean yaml?"],
    ["an indent of dotenv", ["stores: {dotenv: {indent: 2}}"], "1:19", "no key"],
  ])("refuses %s", async (_, lines, at, text) => {
    const refused = await refusal(parseAll(...lines));
    expect(refused).toMatchObject({ code: "BAD_CONFIG", at });
    expect(refused.text).toContain(text);
  });

  it("allows x- keys everywhere", async () => {
    const config = await parse(
      "x-notes: 1",
      "creation_rules:",
      "  - age: a",
      "    x-owner: team",
      "stores: {x-a: 1}",
    );
    expect(config.creationRules).toHaveLength(1);
  });

  it.each([
    ["a list at the top", ["- a"], "1:1"],
    ["a text at the top", ["a"], "1:1"],
    ["rules that are a map", ["creation_rules: {}"], "1:17"],
    ["a rule that is a text", ["creation_rules: [a]"], "1:18"],
    ["an age key that is a map", ["creation_rules: [{age: {a: 1}}]"], "1:24"],
    ["hckms as a text", ["creation_rules: [{hckms: r:u}]"], "1:26"],
    ["a group's age as a text", ["creation_rules: [{key_groups: [{age: a}]}]"], "1:38"],
    ["a list in a list of keys", ["creation_rules: [{age: [[a]]}]"], "1:25"],
    ["a quoted number", ["creation_rules: [{shamir_threshold: '2'}]"], "1:37"],
    ["a negative threshold", ["creation_rules: [{shamir_threshold: -1}]"], "1:37"],
    ["a fraction", ["creation_rules: [{shamir_threshold: 1.5}]"], "1:37"],
    ["a quoted boolean", ["creation_rules: [{mac_only_encrypted: 'true'}]"], "1:39"],
    ["a negative YAML indent", ["stores: {yaml: {indent: -1}}"], "1:25"],
    ["a JSON indent below -1", ["stores: {json: {indent: -2}}"], "1:25"],
    ["a key that stands twice", ["creation_rules: []", "stores: {}", "creation_rules: []"], "3:1"],
    ["a key that is a list", ["[a]: b"], "1:1"],
    ["YAML that does not parse", ["creation_rules: [", "  - a"], "2:3"],
    ["two selectors", ["creation_rules:", "- unencrypted_regex: b", "  encrypted_suffix: a"], "3:21"],
    ["two destinations", ["destination_rules:", "- {s3_bucket: a, gcs_bucket: b}"], "2:3"],
    ["a vault version of 3", ["destination_rules:", "- {vault_path: a, vault_kv_version: 3}"], "2:37"],
  ])("refuses %s with its place", async (_, lines, at) => {
    expect(await refusal(parseAll(...lines))).toMatchObject({ code: "BAD_CONFIG", at });
  });

  it.each([
    [
      "path_regex of a rule that is never reached",
      ["creation_rules:", "- age: a", "- path_regex: (", "  age: b"],
      "3:15",
    ],
    ["a selector", ["creation_rules:", "- encrypted_regex: '(?=a)'"], "2:20"],
    ["path_regex of a destination", ["destination_rules:", "- path_regex: '*'"], "2:15"],
  ])("refuses a bad regular expression: %s", async (_, lines, at) => {
    expect(await refusal(parseAll(...lines))).toMatchObject({ code: "BAD_PATTERN", at });
  });

  it("names both selectors", async () => {
    const { text } = await refusal(rule("encrypted_suffix: a", "encrypted_comment_regex: b"));
    expect(text).toContain("encrypted_suffix and encrypted_comment_regex");
  });

  it("tells how to write a regular expression that YAML takes for escapes", async () => {
    const { text } = await refusal(rule('path_regex: "\\.yaml$"', "age: a"));
    expect(text).toContain("single quotes");
  });

  it("takes an empty selector as none", async () => {
    const { creationRules } = await rule("encrypted_suffix: ''", "encrypted_regex: b");
    expect(creationRules?.[0]?.selector).toEqual({ name: "encrypted_regex", pattern: "b" });
  });
});

describe("parseConfig: destinations and stores", () => {
  it("reads each destination", async () => {
    const config = await parse(
      "destination_rules:",
      "  - {path_regex: a, s3_bucket: b, s3_prefix: p, omit_extensions: true, recreation_rule: {age: x}}",
      "  - {gcs_bucket: b}",
      "  - {vault_path: p, vault_address: https://v, vault_kv_mount_name: kv/, vault_kv_version: 1}",
      "  - {vault_path: p}",
    );
    const { rules } = await config.destinationRules();
    expect(rules.map(({ destination }) => destination)).toEqual([
      { type: "s3", bucket: "b", prefix: "p" },
      { type: "gcs", bucket: "b", prefix: "" },
      { type: "vault", path: "p", address: "https://v", mount: "kv/", version: 1 },
      { type: "vault", path: "p", address: "", mount: "secret/", version: 2 },
    ]);
    expect(rules.map(({ omitExtensions }) => omitExtensions)).toEqual([true, false, false, false]);
    expect(rules[0]?.recreationRule?.groups[0]?.entries[0]?.entry).toBe("x");
    expect(rules[1]?.recreationRule).toBeUndefined();
  });

  // Only `publish` reads them: a key of another tool there must not keep anybody from encrypting.
  it.each([
    ["an unknown key", "- {s3_bucket: b, some_extension: 1}"],
    ["a text for a rule", "- nonsense"],
    ["no list at all", "{a: b}"],
    ["two destinations", "- {s3_bucket: b, gcs_bucket: c}"],
    ["a pattern that RE2 does not take", "- path_regex: '(?=a)'"],
    ["a wrong type", "- {omit_extensions: [1]}"],
    ["a recreation rule with two selectors", "- recreation_rule: {encrypted_suffix: a, encrypted_regex: b}"],
  ])("judges destination rules only when they are asked for: %s", async (_, rules) => {
    const config = await parse("creation_rules: [{age: a}]", "destination_rules:", `  ${rules}`);
    expect(config.creationRules).toHaveLength(1);
    expect(config.warnings).toEqual([]);
    await expect(config.destinationRules()).rejects.toMatchObject({ code: /^BAD_(?:CONFIG|PATTERN)$/ });
  });

  it("tells what is odd in a destination rule when it is asked for", async () => {
    const config = await parse("destination_rules: [{recreation_rule: {age: a, key_groups: [{age: [b]}]}}]");
    expect(config.warnings).toEqual([]);
    const { warnings } = await config.destinationRules();
    expect(warnings).toEqual([expect.stringContaining(`${FILE}:1: key_groups are used`)]);
  });

  it("reads indents, the default of YAML as none", async () => {
    const { stores } = await parse(
      "stores: {json: {indent: 0}, json_binary: {indent: -1}, yaml: {indent: 2}, ini: {}}",
    );
    expect(stores).toEqual({ json: 0, jsonBinary: -1, yaml: 2 });
    expect((await parse("stores: {yaml: {indent: 0}}")).stores.yaml).toBeUndefined();
  });

  it("reads the stores of a config whose rules are wrong", async () => {
    expect(await parseStores("wrong: 1\ncreation_rules: 5\nstores: {yaml: {indent: 2}}", FILE)).toMatchObject(
      { yaml: 2 },
    );
    expect(await parseStores("", FILE)).toEqual({});
  });
});

describe("parseConfig by the name sops", () => {
  const asSops = (...lines: string[]): Promise<Config> =>
    parseConfig(lines.join("\n"), FILE, { unknownKeys: "warn" });

  it("takes an unknown key as sops does, and says that it has no effect", async () => {
    const config = await asSops(
      "notes: 1",
      "creation_rules:",
      "  - path_regexp: ^prod/",
      "    key_groups: [{age: [a], ages: [b], kms: [{arn: c, region: d}]}]",
      "stores: {yaml: {indent: 2, width: 3}, toml: {}}",
    );
    expect(config.creationRules?.[0]?.pathRegex).toBeUndefined();
    expect(config.creationRules?.[0]?.groups[0]?.entries).toHaveLength(2);
    expect(config.stores.yaml).toBe(2);
    const place = (line: number): string => `${FILE}:${String(line)}: `;
    expect(config.warnings).toEqual([
      expect.stringMatching(`^${place(1)}the config has no key "notes", so it has no effect`),
      `${place(3)}a creation rule has no key "path_regexp", so it has no effect; did you mean path_regex?`,
      expect.stringContaining(`${place(4)}a key group has no key "ages"`),
      expect.stringContaining(`${place(4)}an item of kms has no key "region"`),
      expect.stringContaining(`${place(5)}stores has no key "toml"`),
      expect.stringContaining(`${place(5)}stores.yaml has no key "width"`),
    ]);
  });

  it("still refuses a wrong type, as sops does", async () => {
    await expect(asSops("creation_rules: [{shamir_threshold: x}]")).rejects.toMatchObject({
      code: "BAD_CONFIG",
    });
  });
});
