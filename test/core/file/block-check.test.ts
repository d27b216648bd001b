import { describe, expect, it } from "vitest";
import { assertSameBlock, blockDifference } from "../../../src/core/file/block-check.ts";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import type { Metadata } from "../../../src/core/file/metadata.ts";

const AGE: WrappedKey = { type: "age", fields: { recipient: "age1x" }, enc: "A" };
const KMS: WrappedKey = {
  type: "kms",
  fields: { arn: "arn", context: { b: "2", a: "1" }, created_at: "2026-01-02T03:04:05Z" },
  enc: "K",
};
const BLOCK: Metadata = {
  groups: [{ keys: [AGE, KMS] }],
  shamirThreshold: 0,
  lastModified: "2026-01-02T03:04:05Z",
  mac: "M",
  macOnlyEncrypted: false,
  selector: { name: "encrypted_regex", pattern: "^p" },
  version: "3.13.3",
  presentation: "",
};
const block = (changes: Partial<Metadata>): Metadata => ({ ...BLOCK, ...changes });
const withKeys = (...keys: readonly WrappedKey[]): Metadata => block({ groups: [{ keys }] });

describe("a metadata block, read back", () => {
  it.each([
    ["the kinds of keys in another order", withKeys(KMS, AGE)],
    [
      "a context in another order",
      withKeys(AGE, { ...KMS, fields: { ...KMS.fields, context: { a: "1", b: "2" } } }),
    ],
    ["a field that says nothing", withKeys(AGE, { ...KMS, fields: { ...KMS.fields, role: "" } })],
    ["a time with its fraction", block({ lastModified: "2026-01-02T03:04:05.6Z" })],
  ])("says the same: %s", (_, meant) => {
    expect(blockDifference(meant, BLOCK)).toBeNull();
  });

  it.each([
    ["shamirThreshold", block({ shamirThreshold: 2 })],
    ["mac", block({ mac: "m" })],
    ["macOnlyEncrypted", block({ macOnlyEncrypted: true })],
    ["version", block({ version: "3.13.2" })],
    ["presentation", block({ presentation: "ENC[]" })],
    ["lastModified", block({ lastModified: "2026-01-02T03:04:06Z" })],
    ["selector", block({ selector: undefined })],
    ["selector", block({ selector: { name: "encrypted_regex", pattern: "^q" } })],
    ["a key of type kms", withKeys(AGE)],
    ["a key of type pgp", withKeys(AGE, KMS, { ...AGE, type: "pgp" })],
    ["a key of type acme", withKeys(AGE, KMS, { ...AGE, type: "acme" as "age" })],
    ["the field enc of a key of type age", withKeys({ ...AGE, enc: "B" }, KMS)],
    ["the field recipient of a key of type age", withKeys({ ...AGE, fields: { recipient: "age1y" } }, KMS)],
    [
      "the field context of a key of type kms",
      withKeys(AGE, { ...KMS, fields: { ...KMS.fields, context: {} } }),
    ],
    ["key group 1 of 0 to 1, a key of type age", block({ groups: [...BLOCK.groups, { keys: [AGE] }] })],
    ["key group 0 of 0 to 1, a key of type kms", block({ groups: [{ keys: [] }, ...BLOCK.groups] })],
  ])("tells a difference: %s", (difference, meant) => {
    expect(blockDifference(meant, BLOCK)).toContain(difference);
    expect(blockDifference(BLOCK, meant)).not.toBeNull();
    expect(() => {
      assertSameBlock(meant, BLOCK);
    }).toThrow(expect.objectContaining({ code: "EMIT" }));
  });
});
