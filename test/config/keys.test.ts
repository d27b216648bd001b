import { describe, expect, it } from "vitest";
import { SopsError } from "../../src/core/base/errors.ts";
import type { KeyRef } from "../../src/core/keys/key.ts";
import { keyGroupsOf, type KeyReader } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse.ts";

const nameOf = ({ fields }: Pick<KeyRef, "fields">): string =>
  typeof fields["name"] === "string" ? fields["name"] : "";

/** Reads `a,b` as two keys of the type, an object as one. Says what was asked. */
function fakeReader(): KeyReader & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    keysFrom(type, entry) {
      asked.push(entry);
      if (entry === "bad") throw new SopsError("BAD_RECIPIENT", "bad", { place: {} });
      const names = typeof entry === "string" ? entry.split(",") : [JSON.stringify(entry)];
      return names.map((name) => ({ type, fields: { name } }));
    },
    identity: nameOf,
  };
}

async function groups(text: string, n = 0, reader = fakeReader()): Promise<readonly (readonly KeyRef[])[]> {
  const { creationRules } = await parseConfig(text, "/p/.sops.yaml");
  const rule = creationRules?.[n];
  if (rule === undefined) throw new Error("no such rule");
  return keyGroupsOf(rule, reader);
}

const names = (refs: readonly (readonly KeyRef[])[]): string[][] =>
  refs.map((group) => group.map(({ type, fields }) => `${type}/${nameOf({ fields })}`));

describe("keyGroupsOf", () => {
  it("orders a flat rule as SOPS does, whatever the order of the config, and keeps duplicates", async () => {
    const text = `creation_rules:
  - hc_vault_transit_uri: v
    azure_keyvault: z
    hckms: [h]
    gcp_kms: g
    kms: k
    pgp: [p, p]
    age: a,a
`;
    expect(names(await groups(text))).toEqual([
      ["age/a", "age/a", "pgp/p", "pgp/p", "kms/k", "gcp_kms/g", "hckms/h", "azure_kv/z", "hc_vault/v"],
    ]);
  });

  it("puts merged groups first, recursively, and drops duplicates of one group only", async () => {
    const text = `creation_rules:
  - key_groups:
      - age: [d, a, d]
        pgp: [a]
        merge:
          - age: [b]
            merge: [{age: [a], pgp: [c]}]
          - {age: [b, e]}
      - age: [a]
`;
    expect(names(await groups(text))).toEqual([
      ["age/a", "pgp/c", "age/b", "age/e", "age/d", "pgp/a"],
      ["age/a"],
    ]);
  });

  it("reads all seven types of a key group, those with fields as such", async () => {
    const text = `creation_rules:
  - key_groups:
      - hc_vault: [https://v:1/v1/transit/keys/k]
        azure_keyvault: [{vaultUrl: "https://v", key: k, version: v}]
        hckms: [{key_id: "r:i"}]
        gcp_kms: [{resource_id: projects/p}]
        kms: [{arn: "arn:a", role: r, context: {a: "1", b: "2"}, aws_profile: p}]
        pgp: [AB]
        age: [a]
`;
    const reader = fakeReader();
    const [group] = await groups(text, 0, reader);
    expect(group?.map(({ type }) => type)).toEqual([
      "age",
      "pgp",
      "kms",
      "gcp_kms",
      "hckms",
      "azure_kv",
      "hc_vault",
    ]);
    expect(reader.asked).toEqual([
      "a",
      "AB",
      { arn: "arn:a", role: "r", context: { a: "1", b: "2" }, aws_profile: "p" },
      { resource_id: "projects/p" },
      { key_id: "r:i" },
      { vaultUrl: "https://v", key: "k", version: "v" },
      "https://v:1/v1/transit/keys/k",
    ]);
  });

  it("gives the AWS profile of a flat rule to its KMS keys only", async () => {
    const [group] = await groups("creation_rules: [{age: a, kms: 'k,l', aws_profile: p}]");
    expect(group?.map(({ fields }) => fields["aws_profile"])).toEqual([undefined, "p", "p"]);
  });

  it("reads the keys of no other rule", async () => {
    const reader = fakeReader();
    await groups("creation_rules: [{kms: bad}, {age: a}]", 1, reader);
    expect(reader.asked).toEqual(["a"]);
  });

  it("adds the place of the entry to an error of the reader", async () => {
    await expect(groups("creation_rules:\n  - age: [a, bad]\n")).rejects.toMatchObject({
      code: "BAD_RECIPIENT",
      place: { file: "/p/.sops.yaml", line: 2, column: 14 },
    });
  });

  it.each([
    ["a rule without keys", "creation_rules:\n  - path_regex: ''\n", 2],
    ["a rule of commas", "creation_rules:\n  - age: ', ,'\n", 2],
    ["an empty key_groups", "creation_rules:\n  - key_groups: []\n", 2],
    ["an empty group", "creation_rules:\n  - key_groups:\n    - age: [a]\n    - {}\n", 4],
  ])("refuses %s", async (_, text, line) => {
    await expect(groups(text)).rejects.toMatchObject({ code: "NO_KEYS", place: { line } });
  });

  it("reads shared groups once", async () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `  - &g${String(i + 1)} {merge: [*g${String(i)}, *g${String(i)}]}`,
    );
    const text = [
      "keys:",
      "  - &g0 {age: [a]}",
      ...levels,
      "creation_rules: [{key_groups: [*g40, *g3]}]",
    ].join("\n");
    const reader = fakeReader();
    expect(names(await groups(text, 0, reader))).toEqual([["age/a"], ["age/a"]]);
    expect(reader.asked).toEqual(["a"]);
  });
});
