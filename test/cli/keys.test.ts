import { describe, expect, it } from "vitest";
import { Args } from "../../src/cli/args.ts";
import { keysFromFlags, keysToRemove } from "../../src/cli/keys.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import type { KeyProvider, KeyRef, KeyType } from "../../src/core/keys/key.ts";
import { KEY_TYPES } from "../../src/key-types/index.ts";
import { rotate } from "../../src/ops/rotate.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { readSealedMetadata } from "../../src/ops/open.ts";
import { testContext } from "../support/context.ts";

const nameOf = ({ fields }: KeyRef): string => {
  const name = fields["arn"] ?? fields["recipient"];
  return typeof name === "string" ? name : "";
};

/** Every type, its keys named by one text; `short` stands for a longer name, `bad` is no key. Wraps in hex. */
const providers: ReadonlyMap<KeyType, KeyProvider> = new Map(
  KEY_TYPES.map(({ type, metadata }) => [
    type,
    {
      type,
      fields: metadata.fields,
      identity: nameOf,
      fromConfig(entry) {
        if (typeof entry !== "string" || entry === "bad") throw new SopsError("BAD_RECIPIENT", "bad");
        return entry.split(",").map((arn) => ({ type, fields: { arn: arn === "short" ? "long|p" : arn } }));
      },
      effort: () => "silent",
      wrap: (_, dataKey) => Promise.resolve(Buffer.from(dataKey).toString("hex")),
      unwrap: ({ enc }) => Promise.resolve(Uint8Array.from(Buffer.from(enc, "hex"))),
    },
  ]),
);

const args = (flags: Readonly<Record<string, readonly string[]>>): Args =>
  new Args(new Map(Object.entries(flags)), [], undefined);

const FLAGS: readonly (readonly [string, KeyType])[] = [
  ["age", "age"],
  ["pgp", "pgp"],
  ["kms", "kms"],
  ["gcp-kms", "gcp_kms"],
  ["hckms", "hckms"],
  ["azure-kv", "azure_kv"],
  ["hc-vault-transit", "hc_vault"],
];

describe("the flags of every key type", () => {
  it.each(FLAGS)("--%s, --add-%s and --rm-%s are of type %s", (flag, type) => {
    const refs = ["a", "b"].map((arn) => ({ type, fields: { arn } }));
    expect(keysFromFlags(args({ [flag]: ["a,b"] }), providers)).toEqual(refs);
    expect(keysFromFlags(args({ [`add-${flag}`]: ["a", "b"] }), providers, "add-")).toEqual(refs);
    expect(keysToRemove(args({ [`rm-${flag}`]: ["a, bad,"] }), providers)).toMatchObject([
      { type, names: ["a", "a, bad,"] },
      { type, names: ["bad", "a, bad,"] },
    ]);
  });
});

describe("rotate", () => {
  /** Starts with these keys and answers which are left, and what was warned of. */
  async function left(
    keys: readonly string[],
    rm: string,
    type: "kms" | "age" = "kms",
  ): Promise<readonly [string[], readonly string[]]> {
    const ctx = { ...(await testContext()), providers };
    const format = await loadFormat("json");
    const formats = { input: format, output: format };
    const groups = [keys.map((name) => ({ type, fields: { [type === "kms" ? "arn" : "recipient"]: name } }))];
    const settings = { groups, shamirThreshold: 0, macOnlyEncrypted: false };
    const sealed = await encrypt(new TextEncoder().encode('{"a": "b"}'), formats, settings, ctx);
    const remove = keysToRemove(args({ [`rm-${type}`]: [rm] }), providers);
    const rotated = await rotate(sealed, formats, { add: [], remove }, {}, ctx);
    const metadata = readSealedMetadata(format.parseSealed(rotated));
    const others = ctx.warnings.filter((line) => !line.startsWith("whoever opened the file with "));
    return [metadata.groups.flatMap((group) => group.keys.map(nameOf)), others];
  }

  it("removes a key by its identity text, which may hold commas", async () => {
    expect(await left(["arn|a:1,b:2|p", "arn"], "arn|a:1,b:2|p")).toEqual([["arn"], []]);
    expect(await left(["x", "y", "z"], "x, y")).toEqual([["z"], []]);
  });

  it("removes a key by what adds it", async () => {
    expect(await left(["long|p", "z"], "short")).toEqual([["z"], []]);
  });

  it("refuses what is no key of its type, unless the file has a key of that name", async () => {
    await expect(left(["x", "z"], "bad", "age")).rejects.toMatchObject({ code: "BAD_RECIPIENT" });
    expect(await left(["x", "bad"], "bad", "age")).toEqual([["x"], []]);
  });

  it("says which key is not there", async () => {
    expect(await left(["x", "z"], "x,y,bad")).toEqual([
      ["z"],
      ["the file has no kms key y to remove", "the file has no kms key bad to remove"],
    ]);
  });
});
