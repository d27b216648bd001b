import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes.ts";
import { inOrder, unwrapDataKey, wrapDataKey, type Keyring } from "../../src/core/data-key.ts";
import { SopsError } from "../../src/core/errors.ts";
import type { KeyProvider, KeyRef, KeyType, WrappedKey } from "../../src/core/key.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import { portableHost } from "../../src/ops/portable-host.ts";

/** A provider whose keys are names: `mine...` opens here, `broken...` is ours and fails, all others are not ours. */
function provider(type: KeyType): KeyProvider {
  return {
    type,
    fields: type === "pgp" ? ["created_at", "enc", "fp"] : ["enc", "recipient"],
    identity: (ref) => nameOf(ref),
    fromConfig: () => [],
    wrap(ref, dataKey) {
      if (nameOf(ref).startsWith("refused")) throw new SopsError("WRAP_FAILED", "no such recipient");
      return Promise.resolve(Buffer.from(dataKey).toString("hex"));
    },
    unwrap(key) {
      if (nameOf(key).startsWith("broken"))
        throw new SopsError("BAD_METADATA", "its text is damaged", { hint: "fix it" });
      return Promise.resolve(
        nameOf(key).startsWith("mine") ? Uint8Array.from(Buffer.from(key.enc, "hex")) : null,
      );
    },
  };
}

function nameOf(ref: KeyRef): string {
  const name = ref.fields["fp"] ?? ref.fields["recipient"];
  return typeof name === "string" ? name : "";
}

const age = (recipient: string): KeyRef => ({ type: "age", fields: { recipient } });
const pgp = (fp: string): KeyRef => ({ type: "pgp", fields: { fp } });
const ring: Keyring = {
  runtime: nodeRuntime,
  host: portableHost(),
  providers: new Map([
    ["age", provider("age")],
    ["pgp", provider("pgp")],
  ]),
};
const KEY = utf8("0123456789abcdef0123456789abcdef");
const roundTrip = async (
  groups: KeyRef[][],
  threshold: number,
  order = ["age", "pgp"],
): Promise<Uint8Array> => {
  const wrapped = await wrapDataKey(KEY, groups, threshold, ring);
  return unwrapDataKey(wrapped.groups, wrapped.shamirThreshold, order, ring);
};

describe("one group", () => {
  it("each key wraps the whole data key, whatever the threshold", async () => {
    const { groups } = await wrapDataKey(KEY, [[age("mine"), pgp("other")]], 7, ring);
    expect(groups[0]?.keys.map((k) => k.enc)).toEqual([
      Buffer.from(KEY).toString("hex"),
      Buffer.from(KEY).toString("hex"),
    ]);
    expect(await roundTrip([[age("other"), pgp("mine")]], 7)).toEqual(KEY);
  });

  it("dates new keys of the types that have a date, and keeps the date of old ones", async () => {
    const old: KeyRef = { type: "pgp", fields: { fp: "b", created_at: "2001-01-01T00:00:00Z" } };
    const { groups } = await wrapDataKey(KEY, [[pgp("a"), old, age("c")]], 0, ring);
    const dates = groups[0]?.keys.map((k) => k.fields["created_at"]);
    expect(dates).toEqual([
      expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      "2001-01-01T00:00:00Z",
      undefined,
    ]);
  });

  it("a bad key does not keep the others from opening", async () => {
    expect(await roundTrip([[age("broken"), age("mine")]], 0)).toEqual(KEY);
  });

  it("one key that cannot wrap fails the whole", async () => {
    await expect(wrapDataKey(KEY, [[age("mine"), age("refused")]], 0, ring)).rejects.toThrow(
      /no such recipient/,
    );
  });
});

describe("several groups", () => {
  it("threshold 0 means all, and is written so", async () => {
    const wrapped = await wrapDataKey(KEY, [[age("mine1")], [age("mine2")], [age("mine3")]], 0, ring);
    expect(wrapped.shamirThreshold).toBe(3);
    expect(wrapped.groups[0]?.keys[0]?.enc).toHaveLength(66);
    expect(await unwrapDataKey(wrapped.groups, 3, [], ring)).toEqual(KEY);
  });

  it("opens with as many groups as the threshold, and with more", async () => {
    expect(await roundTrip([[age("mine1")], [age("other")], [pgp("mine2")]], 2)).toEqual(KEY);
    expect(await roundTrip([[age("mine1")], [age("mine2")], [pgp("mine3")]], 2)).toEqual(KEY);
  });

  it("says of each key why too few groups open", async () => {
    const wrapped = await wrapDataKey(KEY, [[age("mine")], [age("other"), pgp("broken")]], 2, ring);
    const error: unknown = await unwrapDataKey(wrapped.groups, 2, [], ring).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "NO_DATA_KEY",
      message: expect.stringContaining("1 of 2 key groups open, 2 are needed") as unknown,
    });
    expect(error).toMatchObject({
      hint: expect.stringContaining("group 1: age other: no key of yours fits") as unknown,
    });
    expect(error).toMatchObject({
      hint: expect.stringContaining("group 1: pgp broken: its text is damaged (fix it)") as unknown,
    });
  });
});

describe("refusals", () => {
  it.each([[[]], [[[]]], [[[age("mine")], []]]] as KeyRef[][][][])(
    "an empty key group: %j",
    async (groups) => {
      await expect(wrapDataKey(KEY, groups, 0, ring)).rejects.toMatchObject({
        code: "NO_KEYS",
        message: "could not generate data key: [empty key group provided]",
      });
    },
  );

  it("a key type without a provider, a data key of another length", async () => {
    await expect(wrapDataKey(KEY, [[{ type: "kms", fields: {} }]], 0, ring)).rejects.toMatchObject({
      code: "UNKNOWN_KEY_TYPE",
    });
    const wrapped = await wrapDataKey(utf8("short"), [[age("mine")]], 0, ring);
    await expect(unwrapDataKey(wrapped.groups, 0, [], ring)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
  });
});

describe("the decryption order", () => {
  const kms: KeyRef = { type: "kms", fields: { arn: "k" } };
  const keys: WrappedKey[] = [pgp("p1"), age("a1"), kms, pgp("p2"), age("a2")].map((k) => ({
    ...k,
    enc: "",
  }));
  const names = (order: string[]): string[] => inOrder(keys, order).map((k) => nameOf(k) || k.type);
  it.each([
    [
      ["age", "pgp"],
      ["a1", "a2", "p1", "p2", "kms"],
    ],
    [["kms"], ["kms", "p1", "a1", "p2", "a2"]],
    [[], ["p1", "a1", "kms", "p2", "a2"]],
    [
      ["hc_vault", "nonsense"],
      ["p1", "a1", "kms", "p2", "a2"],
    ],
    [
      ["pgp", "kms", "age"],
      ["p1", "p2", "kms", "a1", "a2"],
    ],
  ])("%j", (order, wanted) => {
    expect(names(order)).toEqual(wanted);
  });
});
