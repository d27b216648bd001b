import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { newForEdit, openForEdit } from "../../src/ops/edit.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { readSealedMetadata } from "../../src/ops/open.ts";
import { changedLines, IDENTITY, RECIPIENT, SETTINGS, testContext } from "../support/context.ts";

const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
const OTHER_IDENTITY = "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73";

const PLAIN: Readonly<Record<FormatName, string>> = {
  yaml: `# head\na: "one"   # why\nb: [ x, 'y' ]\nc: |\n  two\n  lines\nd: &x 0x1F\ne: *x\nf: 1.10`,
  json: `{"a": "one",\n\n "b": [1.10, "x"], "c": {}}`,
  dotenv: "# head\nA=one\n\nB=two",
  ini: "; head\n[s]\na = one\n\nb=two",
  binary: "one\ntwo",
};
const FORMATS = Object.keys(PLAIN) as FormatName[];

interface Opened {
  readonly sealed: Uint8Array;
  readonly shown: string;
  readonly reseal: (edited: string) => Promise<Uint8Array>;
  /** What the owner of this identity reads. */
  readonly read: (sealed: Uint8Array, identity?: string) => Promise<string>;
  readonly groupsOf: (sealed: Uint8Array) => string[][];
}

async function openShown(name: FormatName, plain = PLAIN[name]): Promise<Opened> {
  const ctx = await testContext();
  const format = await loadFormat(name);
  const formats = { input: format, output: format };
  const sealed = await encrypt(utf8(plain), formats, SETTINGS, ctx);
  const session = await openForEdit(sealed, format, { showMasterKeys: true }, ctx);
  return {
    sealed,
    shown: fromUtf8(session.plain),
    reseal: (edited) => session.reseal(utf8(edited)),
    read: async (bytes, identity) => fromUtf8(await decrypt(bytes, formats, {}, await testContext(identity))),
    groupsOf: (bytes) =>
      readSealedMetadata(format.parseSealed(bytes)).groups.map(({ keys }) =>
        keys.map(({ fields }) => JSON.stringify(fields["recipient"]).slice(1, -1)),
      ),
  };
}

describe.each(FORMATS)("%s with the sops block shown", (name) => {
  it("holds plain values and the keys, and seals back to the same plain text", async () => {
    const { shown, reseal, read, sealed } = await openShown(name);
    expect(shown).toContain("one");
    expect(shown).toContain(RECIPIENT);
    const again = await reseal(shown);
    expect(await read(again)).toBe(PLAIN[name]);
    // lastmodified and mac, of which YAML has one each.
    expect(changedLines(sealed, again)).toBeLessThanOrEqual(2);
  });

  it("takes a changed value and changed keys back in one go", async () => {
    const { shown, reseal, read, groupsOf } = await openShown(name);
    const again = await reseal(shown.replace("one", "three").replace(RECIPIENT, OTHER));
    expect(groupsOf(again)).toEqual([[OTHER]]);
    expect(await read(again, OTHER_IDENTITY)).toBe(PLAIN[name].replace("one", "three"));
    await expect(read(again)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
  });
});

describe("changed keys", () => {
  const json = async (): Promise<
    Opened & { readonly block: Record<string, unknown>; readonly reblock: (b: object) => string }
  > => {
    const opened = await openShown("json", '{"a": "one", "b_clear": "two"}');
    const { sops } = JSON.parse(opened.shown) as { sops: Record<string, unknown> };
    const reblock = (b: object): string =>
      JSON.stringify({ a: "one", b_clear: "two", sops: { ...sops, ...b } });
    return { ...opened, block: sops, reblock };
  };

  it("a key that is added by its recipient alone is wrapped for, and no value is sealed anew", async () => {
    const { shown, reseal, read, groupsOf, sealed } = await openShown("yaml");
    const edited = shown.replace("    age:\n", `    age:\n        - recipient: ${OTHER}\n`);
    expect(edited).not.toBe(shown);
    const again = await reseal(edited);
    expect(groupsOf(again)).toEqual([[OTHER, RECIPIENT]]);
    expect(await read(again)).toBe(PLAIN.yaml);
    expect(await read(again, OTHER_IDENTITY)).toBe(PLAIN.yaml);
    const valueOf = (bytes: Uint8Array): string | undefined => /a: "(ENC.*?)"/.exec(fromUtf8(bytes))?.[1];
    expect(valueOf(again)).toBe(valueOf(sealed));
  });

  it("lists can become groups, which share the data key out", async () => {
    const { reseal, reblock, read, groupsOf, block } = await json();
    const key_groups = [{ age: block["age"] }, { age: [{ recipient: OTHER }] }];
    const again = await reseal(reblock({ age: undefined, key_groups }));
    expect(groupsOf(again)).toEqual([[RECIPIENT], [OTHER]]);
    await expect(read(again)).rejects.toMatchObject({
      message: expect.stringContaining("1 of 2") as unknown,
    });
    expect(JSON.parse(fromUtf8(again))).toMatchObject({ sops: { shamir_threshold: 2 } });
  });

  it("a selector holds from now on", async () => {
    const { reseal, reblock, read } = await json();
    const again = await reseal(reblock({ unencrypted_suffix: "_clear" }));
    expect(JSON.parse(fromUtf8(again))).toMatchObject({
      b_clear: "two",
      a: expect.stringMatching(/^ENC/) as unknown,
    });
    expect(JSON.parse(await read(again))).toEqual({ a: "one", b_clear: "two" });
  });

  it("what cannot be meant is refused, and a second try is taken", async () => {
    const { reseal, reblock, block, groupsOf } = await json();
    const bad: readonly (readonly [object, string])[] = [
      [{ age: [] }, "NO_KEYS"],
      [{ age: [{ recipient: "age1nonsense" }] }, "BAD_RECIPIENT"],
      [{ key_groups: [{ age: [{ recipient: OTHER }] }] }, "BAD_METADATA"],
      [
        { age: undefined, shamir_threshold: 5, key_groups: [{ age: block["age"] }, { age: block["age"] }] },
        "BAD_SHARES",
      ],
      [{ unencrypted_suffix: undefined, encrypted_regex: "nothing" }, "SELECTED_NOTHING"],
      [{ unencrypted_suffix: undefined, encrypted_regex: "(" }, "BAD_PATTERN"],
      [{ version: "x" }, "BAD_VERSION"],
    ];
    for (const [change, code] of bad)
      await expect(reseal(reblock(change)), code).rejects.toMatchObject({ code });
    await expect(reseal("{")).rejects.toMatchObject({ code: "PARSE" });
    await expect(reseal('{"a": "one"}')).rejects.toMatchObject({ code: "NO_METADATA" });
    expect(groupsOf(await reseal(reblock({ age: [{ recipient: OTHER }] })))).toEqual([[OTHER]]);
  });

  it("bytes that are no text have no place in an editor", async () => {
    const ctx = await testContext();
    const binary = await loadFormat("binary");
    const sealed = await encrypt(Uint8Array.of(0xff, 0), { input: binary, output: binary }, SETTINGS, ctx);
    await expect(openForEdit(sealed, binary, { showMasterKeys: true }, ctx)).rejects.toMatchObject({
      code: "UNSUPPORTED",
    });
  });

  it("of a file that is new are taken too", async () => {
    const ctx = await testContext();
    const format = await loadFormat("yaml");
    const session = await newForEdit(format, { ...SETTINGS, showMasterKeys: true }, ctx);
    const shown = fromUtf8(session.plain);
    expect(shown).toContain(RECIPIENT);
    for (const [recipient, identity] of [
      [RECIPIENT, IDENTITY],
      [OTHER, OTHER_IDENTITY],
    ] as const) {
      const sealed = await session.reseal(utf8(shown.replace(RECIPIENT, recipient)));
      const plain = await decrypt(sealed, { input: format, output: format }, {}, await testContext(identity));
      expect(fromUtf8(plain)).toBe(shown.slice(0, shown.indexOf("sops:")));
    }
  });
});
