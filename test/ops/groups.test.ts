import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Format } from "../../src/core/model/format.ts";
import type { KeyRef } from "../../src/core/keys/key.ts";
import { formatForPath, loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { addGroup, deleteGroup } from "../../src/ops/groups.ts";
import { writeMetadata } from "../../src/core/file/metadata.ts";
import { readSealedMetadata } from "../../src/ops/open.ts";
import { RECIPIENT, SETTINGS, testContext } from "../support/context.ts";

const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
const group = (recipient: string): readonly KeyRef[] => [{ type: "age", fields: { recipient } }];

const CASES: readonly (readonly [name: string, text: string | Uint8Array])[] = [
  ["a.yaml", "# c\na: 'x'   # inline\nb: { c: [1, 0x1F, \"z\"] }\nd: >-\n    folded\n    text\n\n"],
  ["flow.yaml", "a: &x {b: 1}\nc: *x\nd: |+\n  text\n\n"],
  ["many.yaml", "---\na: 1\n---\nb: 2\n...\n"],
  ["crlf.yaml", "a: x\r\nb:\r\n  - y\r\n"],
  ["noend.yaml", "a: x\nb: null\nc: ''"],
  ["bom.yaml", "\ufeffa: x\n"],
  ["a.json", '{ "a": 1.10, "b": [true, null, {}],\n\n  "\\u0041": "\\/" }'],
  ["tabs.json", '{\n\t"a": "x"\n}\n'],
  ["a.env", "# c\nA=x\n\nB='y'\nexport C=z"],
  ["a.ini", '; c\n[s]\nk = v ; t\nk2="q"\n\n[t]\n'],
  ["a.bin", new Uint8Array([0, 255, 10, 13])],
];

const sealedBySops = (name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/sops-3.12.2/${name}`, import.meta.url));
const SOPS_FILES = readdirSync(new URL("../../fixtures/plain", import.meta.url));

async function sealed(
  name: string,
  text: string | Uint8Array,
): Promise<{ bytes: Uint8Array; format: Format }> {
  const format = await loadFormat(formatForPath(name));
  const plain = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const bytes = await encrypt(plain, { input: format, output: format }, SETTINGS, await testContext());
  return { bytes, format };
}

/** What stands before the metadata. */
const outside = (bytes: Uint8Array): string => latin1(bytes).split(/^\s*\W?sops\W|^sops_/m)[0] ?? "";
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("the metadata block of a sealed file", () => {
  it.each(CASES)("is put back where it was, byte for byte: %s", async (name, text) => {
    const { bytes, format } = await sealed(name, text);
    const source = format.parseSealed(bytes);
    expect(latin1(source.withBlock(writeMetadata(readSealedMetadata(source))))).toBe(latin1(bytes));
  });

  // sops 3.12 ordered the fields of a key in another way than later versions and enc do.
  it.each(SOPS_FILES)("takes the place of the one that sops wrote: %s", async (name) => {
    const format = await loadFormat(formatForPath(name));
    const source = format.parseSealed(sealedBySops(name));
    const bytes = source.withBlock(writeMetadata(readSealedMetadata(source)));
    expect(outside(bytes)).toBe(outside(sealedBySops(name)));
    expect(outside(bytes)).toContain("ENC[");
    const again = format.parseSealed(bytes);
    expect(readSealedMetadata(again)).toEqual(readSealedMetadata(source));
  });
});

describe("a key group", () => {
  it.each(CASES)("is added and deleted; the values never move: %s", async (name, text) => {
    const { bytes, format } = await sealed(name, text);
    const ctx = await testContext();
    const added = await addGroup(bytes, format, group(RECIPIENT), undefined, ctx);
    const metadata = readSealedMetadata(format.parseSealed(added));
    expect([metadata.groups.length, metadata.shamirThreshold]).toEqual([2, 2]);
    const formats = { input: format, output: format };
    const plain = await decrypt(added, formats, {}, ctx);
    expect(plain).toEqual(typeof text === "string" ? new TextEncoder().encode(text) : text);
    const back = await deleteGroup(added, format, 1, 1, ctx);
    const before = readSealedMetadata(format.parseSealed(bytes));
    const after = readSealedMetadata(format.parseSealed(back));
    expect({ ...after, groups: [], shamirThreshold: 0 }).toEqual({
      ...before,
      groups: [],
      shamirThreshold: 0,
    });
    const source = format.parseSealed(back);
    expect(latin1(source.withBlock(writeMetadata(before)))).toBe(latin1(bytes));
  });

  it("keeps the file's threshold, and can be one of which others open the file", async () => {
    const { bytes, format } = await sealed("a.yaml", "a: x\n");
    const ctx = await testContext();
    const two = await addGroup(bytes, format, group(RECIPIENT), undefined, ctx);
    const three = await addGroup(two, format, group(OTHER), undefined, ctx);
    expect(readSealedMetadata(format.parseSealed(three)).shamirThreshold).toBe(2);
    const formats = { input: format, output: format };
    expect(latin1(await decrypt(three, formats, {}, ctx))).toBe("a: x\n");
    const four = await addGroup(three, format, group(OTHER), 3, ctx);
    await expect(decrypt(four, formats, {}, ctx)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
  });

  it("leaves what was given as it was where it fails", async () => {
    const { bytes, format } = await sealed("a.yaml", "a: x\n");
    const copy = bytes.slice();
    const ctx = await testContext();
    await expect(deleteGroup(bytes, format, 7, undefined, ctx)).rejects.toMatchObject({ code: "USAGE" });
    await expect(addGroup(bytes, format, [], undefined, ctx)).rejects.toMatchObject({ code: "NO_KEYS" });
    await expect(
      addGroup(bytes, format, group(OTHER), undefined, await testContext(null)),
    ).rejects.toMatchObject({
      code: "NO_DATA_KEY",
    });
    expect(bytes).toEqual(copy);
  });
});
