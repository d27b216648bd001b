import { describe, expect, it } from "vitest";
import { equalBytes, utf8 } from "../../../src/core/base/bytes.ts";
import { wrapDataKey, type Keyring } from "../../../src/core/keys/data-key.ts";
import type { KeyGroup, KeyProvider, KeyRef } from "../../../src/core/keys/key.ts";
import type { FitsFile } from "../../../src/core/keys/quorum.ts";
import { unwrapDataKey } from "../../../src/core/keys/unwrap.ts";
import { nodeRuntime } from "../../../src/node/runtime.ts";
import { portableHost } from "../../../src/ops/portable-host.ts";

const KEY = utf8("0123456789abcdef0123456789abcdef");
const nameOf = (ref: KeyRef): string => JSON.stringify(ref.fields["recipient"]);

/** Wraps in hex. Keys called `dial...` are tried after the others, `theirs...` never open. Notes which ones were used. */
function world(): { ring: Keyring; used: string[] } {
  const used: string[] = [];
  const age: KeyProvider = {
    type: "age",
    fields: ["enc", "recipient"],
    identity: nameOf,
    fromConfig: () => [],
    effort: (ref) => (nameOf(ref).includes("dial") ? "dials" : "silent"),
    wrap: (_, dataKey) => Promise.resolve(Buffer.from(dataKey).toString("hex")),
    unwrap(key) {
      if (nameOf(key).includes("theirs")) return Promise.resolve(null);
      used.push(nameOf(key).replaceAll('"', ""));
      return Promise.resolve(Uint8Array.from(Buffer.from(key.enc, "hex")));
    },
  };
  return { ring: { runtime: nodeRuntime, host: portableHost(), providers: new Map([["age", age]]) }, used };
}

async function split(names: readonly string[], threshold: number): Promise<readonly KeyGroup[]> {
  const groups = names.map((recipient) => [{ type: "age" as const, fields: { recipient } }]);
  return (await wrapDataKey(KEY, groups, threshold, world().ring)).groups;
}

const fits: FitsFile = (dataKey) => equalBytes(dataKey, KEY);
const open = (groups: readonly KeyGroup[], threshold: number, ring = world().ring): Promise<Uint8Array> =>
  unwrapDataKey(groups, threshold, [], ring, fits);
const withEnc = (group: KeyGroup | undefined, enc: (old: string) => string): KeyGroup => ({
  keys: (group?.keys ?? []).map((key) => ({ ...key, enc: enc(key.enc) })),
});

describe("a threshold that is not the one of the split", () => {
  it("of 1 takes the shares that it needs, as sops does", async () => {
    expect(await open(await split(["a", "dial"], 2), 1)).toEqual(KEY);
    expect(await open(await split(["dial 1", "dial 2", "dial 3"], 2), 1)).toEqual(KEY);
  });

  it.each([0, 1, 2])("of %i opens a file whose shares are all needed", async (threshold) => {
    const { ring, used } = world();
    expect(await open(await split(["dial 1", "b", "c"], 3), threshold, ring)).toEqual(KEY);
    expect(used).toEqual(["b", "c", "dial 1"]);
  });

  it("that is missing opens with as many shares as the split needs", async () => {
    const { ring, used } = world();
    expect(await open(await split(["dial 1", "b", "c"], 2), 0, ring)).toEqual(KEY);
    expect(used).toEqual(["b", "c"]);
    expect(await open(await split(["a", "theirs", "c"], 2), 0)).toEqual(KEY);
  });

  it("says what else was tried where the shares open nothing", async () => {
    const tried = open(await split(["a", "theirs", "c"], 3), 2);
    await expect(tried).rejects.toMatchObject({
      code: "NO_DATA_KEY",
      message:
        "cannot recover the data key: 2 of 3 key groups open, and what they hold opens nothing of the file",
      hint: expect.stringContaining('group 1 of 0 to 2: age "theirs": no key of yours fits') as string,
    });
  });

  it("of more than the groups is refused, and no key is used", async () => {
    const { ring, used } = world();
    await expect(open(await split(["a", "b"], 2), 3, ring)).rejects.toMatchObject({
      code: "NO_DATA_KEY",
      message: "cannot recover the data key: the file's threshold is 3, and it has 2 key groups",
    });
    expect(used).toEqual([]);
  });

  it("of 1, where one group opens, is told as 2", async () => {
    await expect(open(await split(["a", "theirs"], 2), 1)).rejects.toMatchObject({
      message: "cannot recover the data key: 1 of 2 key groups open, 2 are needed",
    });
  });
});

describe("a share that is no good", () => {
  const damages: readonly (readonly [string, (enc: string) => string])[] = [
    ["of another length", (enc) => enc.slice(2)],
    ["with other bytes", (enc) => `${"00".repeat(32)}${enc.slice(-2)}`],
    ["that says to be another one", (enc) => `${enc.slice(0, -2)}02`],
    ["that says to be number 0", (enc) => `${enc.slice(0, -2)}00`],
    ["that is empty", () => ""],
  ];
  it.each(damages)("%s, is left out where the others are enough", async (_, damage) => {
    const [a, b, c] = await split(["a", "b", "c"], 2);
    if (b === undefined || c === undefined) throw new Error("no split");
    expect(await open([withEnc(a, damage), b, c], 2)).toEqual(KEY);
    expect(await open([b, withEnc(a, damage), c], 2)).toEqual(KEY);
  });

  it.each(damages)("%s, fails where it is needed", async (_, damage) => {
    const [a, b] = await split(["a", "b"], 2);
    if (b === undefined) throw new Error("no split");
    const dataKey = await open([withEnc(a, damage), b], 2).catch((error: unknown) => error);
    expect(dataKey).not.toEqual(KEY);
  });

  it("that stands twice counts once", async () => {
    const [a, b] = await split(["a", "b"], 2);
    if (a === undefined || b === undefined) throw new Error("no split");
    expect(await open([a, a, b], 2)).toEqual(KEY);
    await expect(open([a, a], 2)).rejects.toMatchObject({ code: "BAD_SHARES" });
  });

  it("of an older split is left out", async () => {
    const [old, now] = [await split(["a", "b", "c"], 2), await split(["a", "b", "c"], 2)];
    const mixed = [old[0], now[1], now[2]].flatMap((group) => group ?? []);
    expect(await open(mixed, 2)).toEqual(KEY);
  });

  it("is gone past to the next key of its group", async () => {
    const [a, b] = await split(["a", "b"], 2);
    const spare = [...withEnc(a, () => "00").keys, ...(a?.keys ?? [])];
    expect(await open([{ keys: spare }, b ?? { keys: [] }], 2)).toEqual(KEY);
  });
});

describe("a file that holds nothing to tell by", () => {
  it("is opened as sops does, with all shares", async () => {
    const unknown: FitsFile = () => null;
    const groups = await split(["a", "theirs", "c"], 2);
    expect(await unwrapDataKey(groups, 2, [], world().ring, unknown)).toEqual(KEY);
  });
});
