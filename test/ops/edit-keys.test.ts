import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/bytes.ts";
import type { FormatName } from "../../src/core/format.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { type EditSession, newForEdit, openForEdit } from "../../src/ops/edit.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { readSealedMetadata } from "../../src/ops/open.ts";
import { changedLines, RECIPIENT, SETTINGS, testContext } from "../support/context.ts";

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
  reseal(edited: string): Promise<Uint8Array>;
  /** What the owner of this identity reads. */
  read(sealed: Uint8Array, identity?: string): Promise<string>;
  groupsOf(sealed: Uint8Array): string[][];
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
        keys.map(({ fields }) => String(fields["recipient"])),
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
  const added = (shown: string): string => shown.replace("sops:\n", `sops:\n    age_new: x\n`);

  it("a key that is added by its recipient alone is wrapped for, the others again", async () => {
    const { shown, reseal, read, groupsOf, sealed } = await openShown("yaml");
    const again = await reseal(
      shown.replace(/^( +)age:\n/m, (line) => `${line}$1    - recipient: ${OTHER}\n`.replace("$1", "    ")),
    );
    expect(groupsOf(again)).toEqual([[OTHER, RECIPIENT]]);
    expect(await read(again)).toBe(PLAIN.yaml);
    expect(await read(again, OTHER_IDENTITY)).toBe(PLAIN.yaml);
    expect(fromUtf8(again).match(/a: "(ENC.*?)"/)?.[1]).toBe(fromUtf8(sealed).match(/a: "(ENC.*?)"/)?.[1]);
    expect(added(shown)).not.toBe(shown);
  });
});

export type { EditSession };
void newForEdit;
