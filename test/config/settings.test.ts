import { describe, expect, it } from "vitest";
import type { KeyReader } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { combineSettings, type CombinedSettings, type SettingsFlags } from "../../src/config/settings.ts";
import type { KeyRef } from "../../src/core/keys/key.ts";
import { SELECTOR_NAMES } from "../../src/core/model/selection.ts";

const reader: KeyReader = {
  keysFrom: (type, entry) => [{ type, fields: { name: typeof entry === "string" ? entry : "" } }],
  identity: ({ fields }) => JSON.stringify(fields),
};
const FLAG_KEY: KeyRef = { type: "age", fields: { name: "flag" } };

async function combine(flags: SettingsFlags, rule?: string): Promise<CombinedSettings> {
  if (rule === undefined) return combineSettings(flags, undefined, reader);
  const { creationRules } = await parseConfig(`creation_rules:\n  - ${rule}\n`, "/p/.sops.yaml");
  return combineSettings(flags, creationRules?.[0], reader);
}

describe("combineSettings", () => {
  it("takes the rule where no flag says otherwise", async () => {
    const settings = await combine(
      {},
      "{age: a, encrypted_suffix: _s, mac_only_encrypted: true, shamir_threshold: 3}",
    );
    expect(settings).toEqual({
      groups: [[{ type: "age", fields: { name: "a" } }]],
      shamirThreshold: 3,
      selector: { name: "encrypted_suffix", pattern: "_s" },
      macOnlyEncrypted: true,
    });
  });

  it("replaces all keys and groups of the rule by the keys of flags", async () => {
    const { groups } = await combine({ keys: [FLAG_KEY] }, "{key_groups: [{age: [a]}, {pgp: [b]}]}");
    expect(groups).toEqual([[FLAG_KEY]]);
  });

  it("needs no keys in the rule where flags bring them", async () => {
    expect((await combine({ keys: [FLAG_KEY] }, "{path_regex: a}")).groups).toEqual([[FLAG_KEY]]);
  });

  it("works without a rule", async () => {
    expect(await combine({ keys: [FLAG_KEY], macOnlyEncrypted: true })).toEqual({
      groups: [[FLAG_KEY]],
      shamirThreshold: 0,
      selector: undefined,
      macOnlyEncrypted: true,
    });
  });

  it("refuses no keys at all", async () => {
    await expect(combine({})).rejects.toMatchObject({ code: "NO_KEYS" });
    await expect(combine({}, "{encrypted_suffix: a}")).rejects.toMatchObject({
      code: "NO_KEYS",
      place: { line: 2 },
    });
  });
});

describe("combineSettings: selectors", () => {
  it.each(SELECTOR_NAMES)("lets a flag replace the same selector of the rule: %s", async (name) => {
    const { selector } = await combine({ selectors: [{ name, pattern: "flag" }] }, `{age: a, ${name}: rule}`);
    expect(selector).toEqual({ name, pattern: "flag" });
  });

  it("refuses a flag beside a different selector of the rule, with the place of the rule", async () => {
    const flags = { selectors: [{ name: "encrypted_suffix", pattern: "x" } as const] };
    await expect(combine(flags, "{age: a, encrypted_regex: y}")).rejects.toMatchObject({
      code: "TWO_SELECTORS",
      message: "a file can have one selector, here are encrypted_suffix and encrypted_regex",
      hint: "leave out --encrypted-suffix, or change the rule of the config",
      place: { file: "/p/.sops.yaml", line: 2 },
    });
  });

  it("refuses two flags", async () => {
    const flags: SettingsFlags = {
      keys: [FLAG_KEY],
      selectors: [
        { name: "encrypted_suffix", pattern: "x" },
        { name: "unencrypted_suffix", pattern: "x" },
      ],
    };
    await expect(combine(flags)).rejects.toMatchObject({ code: "TWO_SELECTORS", place: undefined });
    await expect(combine(flags, "{age: a, encrypted_suffix: y}")).rejects.toMatchObject({
      code: "TWO_SELECTORS",
    });
  });

  it("ignores selectors and mac_only_encrypted for binary input, as SOPS does", async () => {
    const flags: SettingsFlags = {
      binary: true,
      selectors: [{ name: "encrypted_suffix", pattern: "x" }],
      macOnlyEncrypted: true,
    };
    expect(await combine(flags, "{age: a, encrypted_regex: y}")).toMatchObject({
      selector: undefined,
      macOnlyEncrypted: false,
    });
  });
});

describe("combineSettings: threshold", () => {
  const THREE = "key_groups: [{age: [a]}, {age: [b]}, {age: [c]}]";

  it.each([
    [0, 0, 0],
    [0, 2, 2],
    [3, 2, 3],
  ])("flag %i, rule %i: %i", async (flag, rule, expected) => {
    const settings = await combine(
      { shamirThreshold: flag },
      `{${THREE}, shamir_threshold: ${String(rule)}}`,
    );
    expect(settings.shamirThreshold).toBe(expected);
  });

  it.each([1, 4])("refuses %i of three groups", async (threshold) => {
    await expect(combine({ shamirThreshold: threshold }, `{${THREE}}`)).rejects.toMatchObject({
      code: "USAGE",
      place: undefined,
    });
    await expect(combine({}, `{${THREE}, shamir_threshold: ${String(threshold)}}`)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      place: { line: 2 },
    });
  });

  // Any one key opened the file, and no word was said.
  it("refuses a flag that asks for more than the one group there is", async () => {
    for (const shamirThreshold of [2, 5])
      await expect(combine({ shamirThreshold }, "{age: a}")).rejects.toMatchObject({
        code: "USAGE",
        message: `the threshold ${String(shamirThreshold)} does not fit one key group: each of its keys opens the file alone`,
      });
    await expect(combine({ keys: [FLAG_KEY], shamirThreshold: 2 }, `{${THREE}}`)).rejects.toMatchObject({
      code: "USAGE",
    });
    expect((await combine({ shamirThreshold: 1 }, "{age: a}")).shamirThreshold).toBe(1);
  });

  it("takes the rule's for one group, as sops does: who seals the file warns of it", async () => {
    expect((await combine({}, "{age: a, shamir_threshold: 5}")).shamirThreshold).toBe(5);
    const flags = { keys: [FLAG_KEY] };
    expect((await combine(flags, `{${THREE}, shamir_threshold: 2}`)).shamirThreshold).toBe(2);
  });
});
