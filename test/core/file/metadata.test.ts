import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { type Metadata, readMetadata, writeMetadata } from "../../../src/core/file/metadata.ts";
import { SELECTOR_NAMES } from "../../../src/core/model/selection.ts";
import { entry, list, map, type MapNode, type Node, NULL, str } from "../../../src/core/model/tree.ts";
import { KEY_TYPE_NAMES, KEY_TYPES } from "../../../src/key-types/index.ts";

const read = (block: Json): Metadata => readMetadata(nodeOf(block) as MapNode);
const write = (metadata: Metadata): Json => jsonOf(writeMetadata(metadata));
const code = (name: string): unknown => expect.objectContaining({ code: name });

type Json = string | number | bigint | boolean | null | readonly Json[] | { readonly [key: string]: Json };

function nodeOf(value: Json): Node {
  if (value === null) return NULL;
  if (typeof value === "string") return str(value);
  if (typeof value === "boolean") return { type: "leaf", value: { kind: "bool", value } };
  if (typeof value === "bigint") return { type: "leaf", value: { kind: "int", value } };
  if (typeof value === "number") return { type: "leaf", value: { kind: "float", value } };
  if (Array.isArray(value)) return list((value as readonly Json[]).map(nodeOf));
  return map(Object.entries(value).map(([key, item]) => entry(key, nodeOf(item))));
}

function jsonOf(node: Node): Json {
  if (node.type === "null") return null;
  if (node.type === "list") return node.items.flatMap((i) => (i.type === "comment" ? [] : [jsonOf(i)]));
  if (node.type === "leaf") return node.value.kind === "bytes" ? null : node.value.value;
  const pairs = node.entries.flatMap((e): [string, Json][] =>
    e.type === "entry" && e.value.type !== "comment" ? [[e.key, jsonOf(e.value)]] : [],
  );
  return Object.fromEntries(pairs);
}

const TIME = "2026-01-02T03:04:05Z";
const AGE = { enc: "E", recipient: "age1x" };
const PGP = { created_at: TIME, enc: "P", fp: "F" };
const MINIMAL = { age: [AGE], lastmodified: TIME, mac: "M", version: "3.13.3" };

/** One entry of each list that sops has, fields in sops' order. */
const KEYS = {
  age: AGE,
  azure_kv: { created_at: TIME, enc: "E", name: "n", vault_url: "u", version: "v" },
  gcp_kms: { created_at: TIME, enc: "E", resource_id: "r" },
  hc_vault: { created_at: TIME, enc: "E", engine_path: "p", key_name: "k", vault_address: "a" },
  hckms: { created_at: TIME, enc: "E", key_id: "r:u" },
  kms: { arn: "arn", aws_profile: "p", context: { a: "1", b: "2" }, created_at: TIME, enc: "E", role: "r" },
  pgp: PGP,
} as const;

/** As sops loads a flat group. */
const LOADED = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp", "age"] as const;

describe("a block that sops writes", () => {
  it("minimal", () => {
    const metadata = read(MINIMAL);
    expect(metadata).toEqual({
      groups: [{ keys: [{ type: "age", fields: { recipient: "age1x" }, enc: "E" }] }],
      shamirThreshold: 0,
      lastModified: TIME,
      mac: "M",
      macOnlyEncrypted: false,
      selector: undefined,
      version: "3.13.3",
      presentation: "",
    });
    expect(JSON.stringify(write(metadata))).toBe(JSON.stringify(MINIMAL));
  });

  it("every key type, flat: loaded in sops' order, written back as it was, keys sorted", () => {
    const block = Object.fromEntries(
      Object.entries({
        ...MINIMAL,
        ...Object.fromEntries(LOADED.map((t) => [t, [KEYS[t], KEYS[t]]])),
      }).sort(),
    );
    const metadata = read(block);
    expect(metadata.groups[0]?.keys.map((k) => k.type)).toEqual(LOADED.flatMap((t) => [t, t]));
    expect(JSON.stringify(write(metadata))).toBe(JSON.stringify(block));
  });

  it("key groups: hc_vault and age are written even when empty", () => {
    const block = {
      key_groups: [
        { age: [AGE], hc_vault: [] },
        { age: [], hc_vault: [KEYS.hc_vault], pgp: [PGP] },
        { age: [], hc_vault: [], kms: [KEYS.kms] },
      ],
      lastmodified: TIME,
      mac: "M",
      shamir_threshold: 2n,
      version: "3.13.3",
    };
    const metadata = read(block);
    expect(metadata.groups.map((g) => g.keys.map((k) => k.type))).toEqual([
      ["age"],
      ["hc_vault", "pgp"],
      ["kms"],
    ]);
    expect(metadata.shamirThreshold).toBe(2);
    expect(write(metadata)).toEqual(block);
  });

  it("kms: role and context are left out when empty, aws_profile never", () => {
    const key = { arn: "arn", aws_profile: "", created_at: TIME, enc: "E" };
    const block = { kms: [key], lastmodified: TIME, mac: "M", version: "3.13.3" };
    expect(JSON.stringify(write(read(block)))).toBe(JSON.stringify(block));
    expect(write(read({ ...block, kms: [{ ...key, context: {}, role: "" }] }))).toEqual(block);
  });

  it("context keys are data: sorted, even __proto__ and numbers", () => {
    const odd = map([
      entry("b", str("1")),
      entry("__proto__", str("2")),
      entry("10", str("3")),
      entry("9", str("4")),
    ]);
    const block = nodeOf({ ...MINIMAL, kms: [{ arn: "a", created_at: TIME, enc: "E" }] }) as MapNode;
    const withContext = map(
      block.entries.map((e) =>
        e.type === "entry" && e.key === "kms"
          ? entry(
              "kms",
              list([map([entry("arn", str("a")), entry("created_at", str(TIME)), entry("context", odd)])]),
            )
          : e,
      ),
    );
    const written = writeMetadata(readMetadata(withContext));
    const text = JSON.stringify(written);
    expect([...text.matchAll(/"key":"(10|9|__proto__|b)"/g)].map((m) => m[1])).toEqual([
      "10",
      "9",
      "__proto__",
      "b",
    ]);
  });

  it.each(SELECTOR_NAMES)("selector %s", (name) => {
    const metadata = read({ ...MINIMAL, [name]: "p" });
    expect(metadata.selector).toEqual({ name, pattern: "p" });
    expect(write(metadata)).toHaveProperty(name, "p");
  });

  it("mac_only_encrypted and enc_presentation only when they say something, in sorted order", () => {
    const metadata = read({
      ...MINIMAL,
      mac_only_encrypted: true,
      enc_presentation: "ENC[p]",
      unknown: [1n],
    });
    expect(Object.keys(write(metadata) as object)).toEqual([
      "age",
      "enc_presentation",
      "lastmodified",
      "mac",
      "mac_only_encrypted",
      "version",
    ]);
    expect(write(read(MINIMAL))).not.toHaveProperty("enc_presentation");
  });

  it("what is written reads back as the same metadata", () => {
    const text = fc.string({ minLength: 1, maxLength: 5 });
    const key = fc.constantFrom(...KEY_TYPES).chain(({ type, metadata: { fields, maps = [] } }) =>
      fc.tuple(text, text).map(([enc, value]): WrappedKey => ({
        type,
        enc,
        fields: Object.fromEntries(
          fields
            .filter((f) => f !== "enc")
            .map((f) => [f, f === "created_at" ? TIME : maps.includes(f) ? { [value]: enc } : value]),
        ),
      })),
    );
    const byType = (keys: WrappedKey[]): WrappedKey[] =>
      KEY_TYPE_NAMES.flatMap((t) => keys.filter((k) => k.type === t));
    const group = fc.array(key, { minLength: 1, maxLength: 4 }).map((keys) => ({ keys: byType(keys) }));
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 1, maxLength: 3 }),
        fc.nat(3),
        fc.boolean(),
        (groups, n, only) => {
          const metadata: Metadata = { ...read(MINIMAL), groups, shamirThreshold: n, macOnlyEncrypted: only };
          expect(readMetadata(writeMetadata(metadata))).toEqual(metadata);
        },
      ),
    );
  });
});

describe("spellings that sops accepts", () => {
  it("names in any case, the exact one before others", () => {
    const block = {
      Age: [{ Recipient: "age1x", ENC: "E" }],
      LastModified: TIME,
      MAC: "M",
      version: "3.13.3",
    };
    expect(read(block)).toEqual(read(MINIMAL));
    expect(read({ ...MINIMAL, MAC: "other" }).mac).toBe("M");
    expect(read({ MAC: "other", ...MINIMAL }).mac).toBe("M");
  });

  it.each([
    [true, true],
    ["true", true],
    ["T", true],
    ["1", true],
    [1n, true],
    [2n, true],
    [0.5, true],
    [false, false],
    ["", false],
    ["False", false],
    [0n, false],
    [null, false],
  ])("mac_only_encrypted: %o is %o", (value, is) => {
    expect(read({ ...MINIMAL, mac_only_encrypted: value }).macOnlyEncrypted).toBe(is);
  });

  it.each([
    ["2", 2],
    [2n, 2],
    [2.9, 2],
    ["0x10", 16],
    ["010", 8],
    ["0b11", 3],
    ["0o17", 15],
    ["1_0", 10],
    ["", 0],
    [null, 0],
    [true, 1],
  ])("shamir_threshold: %o is %o", (value, is) => {
    expect(read({ ...MINIMAL, shamir_threshold: value }).shamirThreshold).toBe(is);
  });

  it.each([
    [1n, "1"],
    [1.5, "1.5"],
    [true, "1"],
    [false, "0"],
    [null, ""],
  ])("text: %o is %o", (value, is) => {
    expect(read({ ...MINIMAL, version: value }).version).toBe(is);
  });

  it("one map for a list, an empty map for none, comments left out", () => {
    expect(read({ ...MINIMAL, age: AGE })).toEqual(read(MINIMAL));
    expect(read({ ...MINIMAL, pgp: {}, kms: null, gcp_kms: [] })).toEqual(read(MINIMAL));
    const withComments = map([
      { type: "comment", text: " x", inline: false },
      ...(nodeOf({ ...MINIMAL, age: null }) as MapNode).entries.filter(
        (e) => e.type !== "entry" || e.key !== "age",
      ),
      entry("age", list([{ type: "comment", text: " x", inline: false }, nodeOf(AGE)])),
    ]);
    expect(readMetadata(withComments)).toEqual(read(MINIMAL));
  });

  it("a list of maps as context is merged", () => {
    const kms = { arn: "a", created_at: TIME, enc: "E", context: [{ a: "1", b: "2" }, { b: 3n }] };
    expect(read({ ...MINIMAL, age: null, kms }).groups[0]?.keys[0]?.fields["context"]).toEqual({
      a: "1",
      b: "3",
    });
  });

  it("a key without a date, as sops 1.6 wrote it beside the real one", () => {
    const old = { ...MINIMAL, age: null, kms: [{ arn: "" }], pgp: [PGP], version: 1.6 };
    const metadata = read(old);
    expect(metadata.version).toBe("1.6");
    expect(metadata.groups[0]?.keys.map((k) => k.type)).toEqual(["kms", "pgp"]);
    expect(metadata.groups[0]?.keys[0]?.fields).not.toHaveProperty("created_at");
    expect(write(metadata)).toHaveProperty("kms", [{ arn: "", aws_profile: "", enc: "" }]);
  });

  it("flat lists win over key_groups", () => {
    const metadata = read({ ...MINIMAL, key_groups: [{ pgp: [PGP] }, { pgp: [PGP] }] });
    expect(metadata.groups).toEqual(read(MINIMAL).groups);
  });

  it.each([
    ["2026-01-02T03:04:05.678Z", TIME],
    ["2026-01-02T03:04:05+00:00", TIME],
    ["2026-01-02T03:04:05.5+02:00", "2026-01-02T03:04:05+02:00"],
  ])("lastmodified %s is re-formatted: it is the AAD of the MAC", (text, is) => {
    expect(read({ ...MINIMAL, lastmodified: text }).lastModified).toBe(is);
  });

  it("a native YAML timestamp, which sops 3.13 refuses, is harmless", () => {
    const block = nodeOf({ ...MINIMAL, lastmodified: null }) as MapNode;
    const time: Node = { type: "leaf", value: { kind: "time", value: TIME } };
    const native = map(
      block.entries.map((e) => (e.type === "entry" && e.key === "lastmodified" ? entry(e.key, time) : e)),
    );
    expect(readMetadata(native).lastModified).toBe(TIME);
  });
});

describe("blocks that sops refuses", () => {
  it.each([
    ["no lastmodified", { ...MINIMAL, lastmodified: null }],
    ["a lastmodified that is no time", { ...MINIMAL, lastmodified: "yesterday" }],
    ["a date that does not exist", { ...MINIMAL, lastmodified: "2026-02-30T00:00:00Z" }],
    ["a created_at that is no time", { ...MINIMAL, pgp: [{ ...PGP, created_at: "2016" }] }],
    ["a list of text", { ...MINIMAL, pgp: ["x"] }],
    ["text for a list", { ...MINIMAL, pgp: "x" }],
    ["a map for text", { ...MINIMAL, mac: {} }],
    ["a list for text", { ...MINIMAL, version: [] }],
    ["text for a flag", { ...MINIMAL, mac_only_encrypted: "yes" }],
    ["a number that is none", { ...MINIMAL, shamir_threshold: "two" }],
    ["a number with a bad octal digit", { ...MINIMAL, shamir_threshold: "08" }],
    ["text for a context", { ...MINIMAL, kms: [{ arn: "a", created_at: TIME, context: "k:v" }] }],
  ])("%s", (_, block) => {
    expect(() => read(block)).toThrow(code("BAD_METADATA"));
  });

  it("no keys", () => {
    for (const none of [{}, { key_groups: [] }, { age: [], pgp: null, key_groups: null }])
      expect(() => read({ lastmodified: TIME, mac: "M", version: "3.13.3", ...none })).toThrow(
        code("NO_KEYS"),
      );
  });

  it("two selectors, and all six", () => {
    const six = Object.fromEntries(SELECTOR_NAMES.map((n) => [n, "x"]));
    expect(() => read({ ...MINIMAL, ...six })).toThrow(code("BAD_METADATA"));
    expect(() => read({ ...MINIMAL, encrypted_regex: "a", unencrypted_suffix: "b" })).toThrow(
      code("BAD_METADATA"),
    );
    expect(read({ ...MINIMAL, encrypted_regex: "", unencrypted_suffix: "b" }).selector?.name).toBe(
      "unencrypted_suffix",
    );
  });

  it("never quotes what the block holds", () => {
    const canary = "CANARY-SECRET";
    for (const block of [
      { mac_only_encrypted: canary },
      { shamir_threshold: canary },
      { lastmodified: canary },
    ])
      try {
        read({ ...MINIMAL, ...block });
        expect.unreachable();
      } catch (error) {
        expect(String(error)).not.toContain(canary);
      }
  });
});
