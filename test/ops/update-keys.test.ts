import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tryFromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { wrapDataKey } from "../../src/core/keys/data-key.ts";
import type { Format, FormatName } from "../../src/core/model/format.ts";
import type { KeyProvider, KeyRef } from "../../src/core/keys/key.ts";
import { entry, list, map, str } from "../../src/core/model/tree.ts";
import { formatForPath, loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { addGroup } from "../../src/ops/groups.ts";
import { writeMetadata } from "../../src/core/file/metadata.ts";
import { readSealedMetadata } from "../../src/ops/open.ts";
import { updateKeys } from "../../src/ops/update-keys.ts";
import { changedLines, HUNDRED, RECIPIENT, SETTINGS, testContext } from "../support/context.ts";

const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
const age = (recipient: string): KeyRef => ({ type: "age", fields: { recipient } });

/** Texts whose layout is their owner's, to be kept through a change of keys. */
const PLAIN: Readonly<Record<FormatName, readonly string[]>> = {
  yaml: [
    HUNDRED.yaml,
    "# head\na: &x {b: 1, c: [1, 'two']}\nd: *x\n\n# tail\n",
    "{a: 1, b: {c: 2}}",
    "a: |\r\n  text\r\nb: 2\r\n",
    "a: 1\n---\nb: 2\n",
  ],
  json: [HUNDRED.json, '{"a":1,"b":[1,2]}', '{\r\n    "a" : 1.10\r\n}\r\n', "{}"],
  dotenv: [HUNDRED.dotenv, "# c\nA=1\n\nB=2", "A=\n"],
  ini: [HUNDRED.ini, "; c\n[s]\na=1 ; x\n\n[t]\nb : 2", "a = 1\n"],
  binary: ["any text\n", ""],
};

const FORMATS = Object.keys(PLAIN) as FormatName[];

describe("the block of a sealed file", () => {
  it.each(FORMATS.flatMap((name) => PLAIN[name].map((text) => [name, text] as const)))(
    "is the same text again in %s: %j",
    async (name, text) => {
      const format = await loadFormat(name);
      const sealed = await encrypt(
        utf8(text),
        { input: format, output: format },
        SETTINGS,
        await testContext(),
      );
      const source = format.parseSealed(sealed);
      expect(tryFromUtf8(source.withBlock(writeMetadata(readSealedMetadata(source))))).toBe(
        tryFromUtf8(sealed),
      );
    },
  );

  it.each(["app.yaml", "app.json", "app.env", "app.ini", "app.bin"])(
    "has the same lines again in %s of sops 3.12, which did not sort them",
    async (name) => {
      const sealed = new Uint8Array(
        readFileSync(join(import.meta.dirname, "../../fixtures/sops-3.12.2", name)),
      );
      const source = (await loadFormat(formatForPath(name))).parseSealed(sealed);
      const lines = (bytes: Uint8Array): string[] =>
        (tryFromUtf8(bytes) ?? "").split("\n").map((line) => line.replace(/^[\s-]+|,$/g, ""));
      const [before, after] = [
        lines(sealed),
        lines(source.withBlock(writeMetadata(readSealedMetadata(source)))),
      ];
      const at = before.findIndex((line) => /^\[?"?sops/.test(line));
      expect(at).toBeGreaterThan(0);
      expect(after.slice(0, at)).toEqual(before.slice(0, at));
      expect(after.sort()).toEqual(before.sort());
    },
  );

  it("keeps the indentation that it has in a YAML file", async () => {
    const text =
      "a: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\nsops:\n  lastmodified: '2024-01-01T00:00:00Z'\n  mac: x\n";
    const source = (await loadFormat("yaml")).parseSealed(utf8(text));
    const block = map([entry("mac", str("yy")), entry("age", list([map([entry("enc", str("z"))])]))]);
    expect(tryFromUtf8(source.withBlock(block))).toBe(
      `${text.slice(0, text.indexOf("sops:"))}sops:\n  mac: yy\n  age:\n    - enc: z\n`,
    );
  });
});

describe("updateKeys", () => {
  it.each(FORMATS.flatMap((name) => PLAIN[name].map((text) => [name, text] as const)))(
    "adds a key to %s, and every byte outside of the block stays: %j",
    async (name, text) => {
      const ctx = await testContext();
      const format = await loadFormat(name);
      const formats = { input: format, output: format };
      const sealed = await encrypt(utf8(text), formats, SETTINGS, ctx);
      const update = await updateKeys(sealed, format, [[age(RECIPIENT), age(OTHER)]], ctx);
      expect(update.groups).toEqual([{ kept: [RECIPIENT], added: [OTHER], removed: [] }]);
      const updated = await update.apply();
      expect(tryFromUtf8(await decrypt(updated, formats, {}, ctx))).toBe(text);
      const [before, after] = [format.parseSealed(sealed), format.parseSealed(updated)].map(
        readSealedMetadata,
      );
      expect(after).toMatchObject({
        mac: before?.mac,
        lastModified: before?.lastModified,
        presentation: before?.presentation,
        version: before?.version,
      });
      expect(ctx.warnings).toEqual([]);
    },
  );

  it("changes only the lines of the keys", async () => {
    const ctx = await testContext();
    const format = await loadFormat("json");
    const formats = { input: format, output: format };
    const sealed = await encrypt(utf8(HUNDRED.json), formats, SETTINGS, ctx);
    const updated = await (await updateKeys(sealed, format, [[age(OTHER)]], ctx)).apply();
    expect(changedLines(sealed, updated)).toBe(2);
  });

  it("needs no key to tell that nothing changes, whatever the order", async () => {
    const ctx = await testContext(null);
    const format = await loadFormat("yaml");
    const two = { ...SETTINGS, groups: [[age(RECIPIENT), age(OTHER)]] };
    const sealed = await encrypt(utf8("a: 1\n"), { input: format, output: format }, two, ctx);
    expect((await updateKeys(sealed, format, [[age(OTHER), age(RECIPIENT)]], ctx)).changes).toBe(false);
    expect((await updateKeys(sealed, format, [[age(OTHER)], [age(RECIPIENT)]], ctx)).changes).toBe(true);
  });

  it("compares a key without its version as the version that it stands for", async () => {
    const ctx = await testContext();
    const url = "https://v.vault.azure.net";
    const key = (version: string): KeyRef => ({
      type: "azure_kv",
      fields: { vault_url: url, name: "k", version },
    });
    await ctx.providers.load?.();
    const azure: KeyProvider = {
      type: "azure_kv",
      fields: ["created_at", "enc", "name", "vault_url", "version"],
      identity: ({ fields }: KeyRef) => JSON.stringify([fields["name"], fields["version"]]),
      fromConfig: () => [],
      effort: () => "dials",
      resolve: (ref: KeyRef) => Promise.resolve(ref.fields["version"] === "" ? key("v1") : ref),
      wrap: () => Promise.resolve("QUJD"),
      unwrap: () => Promise.resolve(null),
    };
    const providers = { get: (type: string) => (type === "azure_kv" ? azure : ctx.providers.get("age")) };
    const world = { ...ctx, providers };
    const format = await loadFormat("json");
    const settings = { ...SETTINGS, groups: [[key(""), age(RECIPIENT)]] };
    const sealed = await encrypt(utf8('{"a":1}'), { input: format, output: format }, settings, world);
    const rule = [[key(""), age(RECIPIENT)]];
    expect((await updateKeys(sealed, format, rule, world)).changes).toBe(false);
    expect((await updateKeys(sealed, format, [[key("v2"), age(RECIPIENT)]], world)).changes).toBe(true);
  });
});

describe("a data key that somebody else put beside our key", () => {
  const work: readonly (readonly [string, (sealed: Uint8Array, format: Format) => Promise<Uint8Array>])[] = [
    [
      "updatekeys",
      async (sealed, format) =>
        (await updateKeys(sealed, format, [[age(RECIPIENT)]], await testContext())).apply(),
    ],
    [
      "groups add",
      async (sealed, format) => addGroup(sealed, format, [age(RECIPIENT)], undefined, await testContext()),
    ],
  ];

  it.each(work)("is wrapped for nobody by %s: it would take the file from all others", async (_, change) => {
    const ctx = await testContext();
    const format = await loadFormat("yaml");
    const two = { ...SETTINGS, groups: [[age(OTHER), age(RECIPIENT)]] };
    const sealed = await encrypt(utf8("a: x\n"), { input: format, output: format }, two, ctx);
    const source = format.parseSealed(sealed);
    const metadata = readSealedMetadata(source);
    const foreign = await wrapDataKey(new Uint8Array(32), [[age(RECIPIENT)]], 0, ctx);
    const [theirs] = metadata.groups[0]?.keys ?? [];
    const [ours] = foreign.groups[0]?.keys ?? [];
    const keys = [theirs, ours].filter((key) => key !== undefined);
    const tampered = source.withBlock(writeMetadata({ ...metadata, groups: [{ keys }] }));
    await expect(change(tampered, format)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
    await expect(change(sealed, format)).resolves.toBeInstanceOf(Uint8Array);
  });

  it.each(work)(
    "is not taken for one where %s finds a changed value, only a warning is due",
    async (_, change) => {
      const format = await loadFormat("yaml");
      const formats = { input: format, output: format };
      const two = { ...SETTINGS, groups: [[age(OTHER), age(RECIPIENT)]] };
      const sealed = await encrypt(utf8("a: x\nb: y\n"), formats, two, await testContext());
      const changed = utf8((tryFromUtf8(sealed) ?? "").replace(/^b: .*\n/m, ""));
      await expect(change(changed, format)).resolves.toBeInstanceOf(Uint8Array);
    },
  );
});
