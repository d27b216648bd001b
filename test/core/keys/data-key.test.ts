import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { wrapDataKey, type Keyring } from "../../../src/core/keys/data-key.ts";
import { unwrapDataKey } from "../../../src/core/keys/unwrap.ts";
import { SopsError } from "../../../src/core/base/errors.ts";
import { inOrder } from "../../../src/core/keys/key-order.ts";
import type {
  KeyGroup,
  KeyProvider,
  KeyRef,
  KeyService,
  KeyType,
  WrappedKey,
} from "../../../src/core/keys/key.ts";
import { nodeRuntime } from "../../../src/node/runtime.ts";
import { guarded } from "../../../src/providers/guard.ts";
import { portableHost } from "../../../src/ops/portable-host.ts";

/** A provider whose keys are names: `mine...` opens here, `broken...` is ours and fails, all others are not ours. */
function provider(type: KeyType): KeyProvider {
  return {
    type,
    fields: type === "pgp" ? ["created_at", "enc", "fp"] : ["enc", "recipient"],
    identity: (ref) => nameOf(ref),
    fromConfig: () => [],
    effort: (ref) =>
      nameOf(ref).includes("ask") ? "asks" : nameOf(ref).includes("dial") ? "dials" : "silent",
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
      hint: expect.stringContaining("group 1 of 0 to 1: age other: no key of yours fits") as unknown,
    });
    expect(error).toMatchObject({
      hint: expect.stringContaining("group 1 of 0 to 1: pgp broken: its text is damaged (fix it)") as unknown,
    });
  });
});

describe("what is told of a failure", () => {
  it("leaves out what failed in a group that opens, and keeps the order of the groups", async () => {
    const groups = [[age("other1")], [age("other2"), age("mine")], [age("other3")]];
    const wrapped = await wrapDataKey(KEY, groups, 2, ring);
    const error: unknown = await unwrapDataKey(wrapped.groups, 2, [], ring).catch((e: unknown) => e);
    expect((error as SopsError).hint?.split("\n")).toEqual([
      "group 0 of 0 to 2: age other1: no key of yours fits",
      "group 2 of 0 to 2: age other3: no key of yours fits",
    ]);
  });

  it("names only the kind of an error that a provider of ours did not expect", async () => {
    const throws = { ...provider("age"), unwrap: () => Promise.reject(new TypeError("c4n4ry")) };
    const odd: KeyProvider = guarded(throws);
    const oddRing = { ...ring, host: portableHost(), providers: new Map([["age" as const, odd]]) };
    const key = { ...age("mine"), enc: "00" };
    await expect(unwrapDataKey([{ keys: [key] }], 0, [], oddRing)).rejects.toMatchObject({
      hint: "age mine: failed unexpectedly (TypeError)",
    });
  });

  it("says what each key service said where none wraps", async () => {
    const service = (name: string): KeyService => ({
      name,
      wrap: () => Promise.reject(new SopsError("UNREACHABLE", "is down", { hint: "start it" })),
      unwrap: () => Promise.resolve(null),
    });
    const both = { ...ring, services: [service("tcp://a:1"), service("tcp://b:1")] };
    await expect(wrapDataKey(KEY, [[age("refused")]], 0, both)).rejects.toMatchObject({
      code: "WRAP_FAILED",
      message: "no such recipient",
      hint: "key service tcp://a:1: is down (start it)\nkey service tcp://b:1: is down (start it)",
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
  const names = (order: string[]): string[] => inOrder(keys, order, ring).map((k) => nameOf(k) || k.type);
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

describe("among keys of equal rank", () => {
  it("what is silent comes before what dials, and that before what asks", () => {
    const keys = ["ask 1", "dial 1", "ask 2", "quiet", "dial 2"].map((name) => ({ ...age(name), enc: "" }));
    const names = inOrder([{ ...pgp("pgp ask"), enc: "" }, ...keys], ["age", "pgp"], ring).map(nameOf);
    expect(names).toEqual(["quiet", "dial 1", "dial 2", "ask 1", "ask 2", "pgp ask"]);
  });
});

describe("the same wrapped key", () => {
  const counting = (answers: (Uint8Array | null | Error)[]): { ring: Keyring; asked: () => number } => {
    let asked = 0;
    const unwrap = (): Promise<Uint8Array | null> => {
      const answer = answers[asked++ % answers.length] ?? null;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer?.slice() ?? null);
    };
    const providers = new Map([["age" as const, { ...provider("age"), unwrap }]]);
    return { ring: { ...ring, host: portableHost(), providers }, asked: () => asked };
  };
  const groups = [{ keys: [{ ...age("a"), enc: "e" }] }];

  it("is unwrapped once, also by several at the same time; each caller may overwrite its copy", async () => {
    const { ring: once, asked } = counting([KEY]);
    const [a, b] = await Promise.all([
      unwrapDataKey(groups, 0, [], once),
      unwrapDataKey(groups, 0, [], once),
    ]);
    a.fill(0);
    expect(b).toEqual(KEY);
    expect(await unwrapDataKey(groups, 0, [], once)).toEqual(KEY);
    expect(asked()).toBe(1);
  });

  it("is tried again where it did not open", async () => {
    const { ring: again, asked } = counting([null, new Error("down"), KEY]);
    await expect(unwrapDataKey(groups, 0, [], again)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
    await expect(unwrapDataKey(groups, 0, [], again)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
    expect(await unwrapDataKey(groups, 0, [], again)).toEqual(KEY);
    expect(asked()).toBe(3);
  });

  it("is another one where any of its fields differs", async () => {
    const { ring: each, asked } = counting([KEY]);
    await unwrapDataKey(groups, 0, [], each);
    await unwrapDataKey([{ keys: [{ ...age("a"), enc: "f" }] }], 0, [], each);
    await unwrapDataKey([{ keys: [{ ...age("b"), enc: "e" }] }], 0, [], each);
    expect(asked()).toBe(3);
  });
});

describe("key services", () => {
  const service = (name: string, key: Uint8Array | null | Error): KeyService => ({
    name,
    wrap: () => (key instanceof Uint8Array ? Promise.resolve(`by ${name}`) : Promise.reject(new Error("no"))),
    unwrap: () => (key instanceof Error ? Promise.reject(key) : Promise.resolve(key)),
  });
  const sealed = [{ keys: [{ ...age("theirs"), enc: "e" }] }];
  const withServices = (...services: KeyService[]): Keyring => ({ ...ring, host: portableHost(), services });

  it("are asked in their order, after the providers", async () => {
    const asked = withServices(service("tcp://a", null), service("tcp://b", KEY));
    expect(await unwrapDataKey(sealed, 0, [], asked)).toEqual(KEY);
    const { groups } = await wrapDataKey(KEY, [[age("mine")], [age("refused")]], 2, asked);
    expect(groups[1]?.keys[0]?.enc).toBe("by tcp://b");
    expect(groups[0]?.keys[0]?.enc).toMatch(/^[0-9a-f]{66}$/);
  });

  it("are alone where the providers are switched off", async () => {
    const alone = { ...withServices(service("tcp://a", KEY)), local: false };
    expect((await wrapDataKey(KEY, [[age("mine")]], 0, alone)).groups[0]?.keys[0]?.enc).toBe("by tcp://a");
    const nobody = { ...ring, local: false };
    await expect(wrapDataKey(KEY, [[age("mine")]], 0, nobody)).rejects.toMatchObject({
      code: "CONFLICTING_OPTIONS",
    });
  });

  it("each failure is told, with the address", async () => {
    const failing = withServices(
      service("tcp://a", null),
      service("tcp://b", new SopsError("UNREACHABLE", "down")),
    );
    await expect(unwrapDataKey(sealed, 0, [], failing)).rejects.toMatchObject({
      hint: "age theirs: no key of yours fits\nage theirs by tcp://a: it has no key for this\nage theirs by tcp://b: down",
    });
  });
});

describe("a key that must be completed before it can wrap", () => {
  it("is wrapped and written whole", async () => {
    const azure: KeyProvider = {
      ...provider("age"),
      resolve: (ref) => Promise.resolve({ ...ref, fields: { ...ref.fields, version: "v1" } }),
    };
    const whole = { ...ring, providers: new Map([["age" as const, azure]]) };
    const { groups } = await wrapDataKey(KEY, [[age("mine")]], 0, whole);
    expect(groups[0]?.keys[0]?.fields).toEqual({ recipient: "mine", version: "v1" });
  });
});

describe("several groups", () => {
  /** A world where `never` hangs until it is called off, `dial` and `ask` are noted, and `no` is cancelled by the user. */
  const world = (): { ring: Keyring; tried: string[]; calledOff: string[] } => {
    const [tried, calledOff]: [string[], string[]] = [[], []];
    const own = provider("age");
    const unwrap: KeyProvider["unwrap"] = async (key, host, signal) => {
      tried.push(nameOf(key));
      if (nameOf(key).includes("never"))
        await new Promise((_, reject) => {
          signal?.addEventListener("abort", () => {
            calledOff.push(nameOf(key));
            reject(new Error("called off"));
          });
        });
      if (nameOf(key).includes("no ask")) throw new SopsError("CANCELLED", "cancelled");
      return own.unwrap(key, host, signal);
    };
    const providers = new Map([["age" as const, { ...own, unwrap }]]);
    return { ring: { ...ring, host: portableHost(), providers }, tried, calledOff };
  };
  const sealed = async (names: string[], threshold: number): Promise<readonly KeyGroup[]> =>
    (
      await wrapDataKey(
        KEY,
        names.map((name) => [age(name)]),
        threshold,
        ring,
      )
    ).groups;

  it("one that hangs keeps nobody waiting once enough are open, and is called off", async () => {
    const { ring: slow, calledOff } = world();
    const groups = await sealed(["never dial", "mine dial", "mine dial 2"], 2);
    expect(await unwrapDataKey(groups, 2, [], slow)).toEqual(KEY);
    expect(calledOff).toEqual(["never dial"]);
  });

  it("one that asks or dials is left alone where silent ones are enough", async () => {
    const { ring: quiet, tried } = world();
    const groups = await sealed(["mine ask", "mine dial", "mine", "mine too"], 2);
    expect(await unwrapDataKey(groups, 2, [], quiet)).toEqual(KEY);
    expect(tried).toEqual(["mine", "mine too"]);
  });

  it("are asked in the order of their effort while some are missing", async () => {
    const { ring: more, tried } = world();
    const groups = await sealed(["mine ask", "mine dial", "theirs"], 2);
    expect(await unwrapDataKey(groups, 2, [], more)).toEqual(KEY);
    expect(tried).toEqual(["theirs", "mine dial", "mine ask"]);
  });

  it("whoever gives up at a question is not asked again", async () => {
    const { ring: gone, tried } = world();
    const groups = [
      {
        keys: [
          { ...age("no ask"), enc: "00" },
          { ...age("mine ask"), enc: "00" },
        ],
      },
    ];
    await expect(unwrapDataKey(groups, 0, [], gone)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(tried).toEqual(["no ask"]);
  });
});
