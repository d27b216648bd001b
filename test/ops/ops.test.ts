import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import { loadFormat } from "../../src/formats/index.ts";
import type { Formats } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt, sealOnto } from "../../src/ops/encrypt.ts";
import { generateIdentity } from "../../src/ops/keygen.ts";
import { openFile } from "../../src/ops/open.ts";
import { environmentOf } from "../../src/ops/read-env.ts";
import { rotate } from "../../src/ops/rotate.ts";
import { set, unset } from "../../src/ops/set.ts";
import { isEncrypted } from "../../src/ops/status.ts";
import { textconv } from "../../src/ops/textconv.ts";
import { RECIPIENT, SETTINGS, testContext } from "../support/context.ts";

async function formats(input: FormatName, output = input): Promise<Formats> {
  return { input: await loadFormat(input), output: await loadFormat(output) };
}

const YAML = `# top
a: 'one'   # in
list:
    - x
    - x
n: 0x1F
flow: {k: v, e: ""}
c_unencrypted: clear
`;

async function sealed(text = YAML, name: FormatName = "yaml") {
  const ctx = await testContext();
  const f = await formats(name);
  return { ctx, f, bytes: await encrypt(utf8(text), f, SETTINGS, ctx) };
}

describe("encrypt", () => {
  it("gives equal list items different ciphertexts", async () => {
    const { bytes } = await sealed();
    const items = fromUtf8(bytes).match(/^ {4}- ENC.*$/gm) ?? [];
    expect(items).toHaveLength(2);
    expect(new Set(items).size).toBe(2);
  });

  it("leaves what the selector leaves, and nothing else", async () => {
    const text = fromUtf8((await sealed()).bytes);
    expect(text).toContain("c_unencrypted: clear");
    for (const secret of ["one", "0x1F", " in", "top"])
      expect(text.split("\nsops:")[0]).not.toMatch(new RegExp(`[:#'] ?${secret}`));
  });

  it("refuses an encrypted_ selector that matches nothing, and a bad pattern", async () => {
    const { ctx, f } = await sealed();
    const named = (name: "encrypted_regex" | "unencrypted_regex", pattern: string) => ({
      ...SETTINGS,
      selector: { name, pattern },
    });
    await expect(encrypt(utf8(YAML), f, named("encrypted_regex", "^nope$"), ctx)).rejects.toMatchObject({
      code: "SELECTED_NOTHING",
    });
    await expect(encrypt(utf8(YAML), f, named("unencrypted_regex", "(?=a)"), ctx)).rejects.toMatchObject({
      code: "BAD_PATTERN",
    });
  });

  it("refuses a file that is sealed already", async () => {
    const { ctx, f, bytes } = await sealed();
    await expect(encrypt(bytes, f, SETTINGS, ctx)).rejects.toMatchObject({ code: "ALREADY_ENCRYPTED" });
  });
});

describe("decrypt", () => {
  it("extracts a string raw, a map as a document, a list in its text", async () => {
    const { ctx, f, bytes } = await sealed();
    const extract = async (path: string): Promise<string> =>
      fromUtf8(await decrypt(bytes, f, { extract: path }, ctx));
    expect(await extract('["a"]')).toBe("one");
    expect(await extract("a")).toBe("one");
    expect(await extract('["list"][1]')).toBe("x");
    expect(await extract('["flow"]')).toBe('k: v\ne: ""\n');
    await expect(extract('["nope"]')).rejects.toMatchObject({ code: "PATH_NOT_FOUND" });
  });

  it("converts to another format in canonical text", async () => {
    const { ctx, bytes } = await sealed();
    const json = await decrypt(bytes, await formats("yaml", "json"), {}, ctx);
    expect(JSON.parse(fromUtf8(json))).toEqual({
      a: "one",
      list: ["x", "x"],
      n: 31,
      flow: { k: "v", e: "" },
      c_unencrypted: "clear",
    });
  });

  it("names the key, the line and the path of a value that was changed", async () => {
    const { ctx, f, bytes } = await sealed();
    const changed = utf8(fromUtf8(bytes).replace(/(n: ENC\[AES256_GCM,data:)./, "$1="));
    await expect(decrypt(changed, f, {}, ctx)).rejects.toMatchObject({ place: { path: '["n"]', line: 6 } });
  });

  it("a changed clear value breaks the MAC, a renamed clear key the digest; --ignore-mac reads both", async () => {
    const { ctx, f, bytes } = await sealed();
    for (const [from, to] of [
      ["clear\n", "other\n"],
      ["c_unencrypted", "d_unencrypted"],
    ] as const) {
      const changed = utf8(fromUtf8(bytes).replace(from, to));
      await expect(decrypt(changed, f, {}, ctx)).rejects.toMatchObject({ code: "MAC_MISMATCH" });
      expect(fromUtf8(await decrypt(changed, f, { ignoreMac: true }, ctx))).toContain(to);
    }
  });

  it("without the key: says which recipients there are and where was looked", async () => {
    const { f, bytes } = await sealed();
    const ctx = await testContext(null);
    await expect(decrypt(bytes, f, {}, ctx)).rejects.toMatchObject({
      code: "NO_DATA_KEY",
      hint: expect.stringContaining(RECIPIENT) as unknown,
    });
  });
});

describe("set and unset", () => {
  // The text was printed anew where the key had a comment, and what only the text held was lost.
  it("keeps overridden values of an INI file when another key is unset or set", async () => {
    const unit = `[Service]\nEnvironment="PW=hunter2"\nEnvironment=X=y\n\n# who\nUser=bob ; x\nGroup=g\n`;
    const { ctx, f, bytes } = await sealed(unit, "ini");
    const without = await unset(bytes, f, '["Service"]["User"]', {}, ctx);
    expect(fromUtf8(await decrypt(without.bytes, f, {}, ctx))).toBe(
      `[Service]\nEnvironment="PW=hunter2"\nEnvironment=X=y\n\nGroup=g\n`,
    );
    const changed = await set(bytes, f, '["Service"]["User"]', '"a #b"', {}, ctx);
    expect(fromUtf8(await decrypt(changed.bytes, f, {}, ctx))).toBe(
      unit.replace("User=bob ; x", "; x\nUser=`a #b`"),
    );
  });

  // The mark of the removed value then stood above the next, which was written in clear text.
  it.each([
    ["yaml", "x: s1\n# plain\na: 1\nb: hunter2\n", '["a"]'],
    ["yaml", "l:\n  - x\n  # plain\n  - a\n  - hunter2\n", '["l"][2]'],
    ["dotenv", "# plain\nA=1\nB=hunter2\n", '["A"]'],
  ] as const)(
    "refuses to unset a value of a %s file where its mark would lay the next one open",
    async (name, text, path) => {
      const ctx = await testContext();
      const own = await formats(name);
      const selector = { name: "unencrypted_comment_regex", pattern: "^ plain$" } as const;
      const bytes = await encrypt(utf8(text), own, { ...SETTINGS, selector }, ctx);
      await expect(unset(bytes, own, path, {}, ctx)).rejects.toMatchObject({ code: "ENCRYPT_VALUE" });
    },
  );

  it("change their place and leave the rest as it was", async () => {
    const { ctx, f, bytes } = await sealed();
    const after = await set(bytes, f, '["a"]', '"two"', {}, ctx);
    expect(fromUtf8(await decrypt(after.bytes, f, {}, ctx))).toBe(YAML.replace("'one'", "'two'"));
    const without = await unset(after.bytes, f, '["n"]', {}, ctx);
    expect(fromUtf8(await decrypt(without.bytes, f, {}, ctx))).toBe(
      YAML.replace("'one'", "'two'").replace("n: 0x1F\n", ""),
    );
  });

  it("make parents, and keep typed JSON", async () => {
    const { ctx, f, bytes } = await sealed();
    const after = await set(
      bytes,
      f,
      '["new"]["deep"]',
      '{"i": 9007199254740993, "f": 1.5, "s": "5", "l": [null, true]}',
      {},
      ctx,
    );
    const { document } = await openFile(after.bytes, f.input, {}, ctx);
    expect(fromUtf8(f.input.emit(document.tree))).toContain("i: 9007199254740993");
    expect(fromUtf8(await decrypt(after.bytes, await formats("yaml", "json"), {}, ctx))).toContain(
      '"s": "5"',
    );
  });

  it("idempotent: the same bytes where nothing changes, no error for what is not there", async () => {
    const { ctx, f, bytes } = await sealed();
    expect(await set(bytes, f, '["a"]', '"one"', { idempotent: true }, ctx)).toEqual({
      bytes,
      changed: false,
    });
    expect(await unset(bytes, f, '["nope"]', { idempotent: true }, ctx)).toEqual({ bytes, changed: false });
    await expect(unset(bytes, f, '["nope"]', {}, ctx)).rejects.toMatchObject({ code: "PATH_NOT_FOUND" });
  });

  it.each(['["a"]["below"]', '["a"][0]', '["list"]["name"]', '["list"][0]["below"]'])(
    "do not take %s, which cannot be there, for one that is gone",
    async (path) => {
      const { ctx, f, bytes } = await sealed();
      const done = unset(bytes, f, path, { idempotent: true }, ctx);
      await expect(done).rejects.toMatchObject({ code: "PATH_NOT_FOUND" });
    },
  );

  it.each(['["nope"]["below"]', '["list"][99]["below"]'])("take %s for one that is gone", async (path) => {
    const { ctx, f, bytes } = await sealed();
    expect(await unset(bytes, f, path, { idempotent: true }, ctx)).toEqual({ bytes, changed: false });
  });

  it("refuse a map with a key twice by its path, not by a line of the text it made", async () => {
    const { ctx, f, bytes } = await sealed();
    const error: unknown = await set(bytes, f, '["a"]', '{"x": 1, "x": 2}', {}, ctx).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "BAD_SET_VALUE" });
    expect(error).toHaveProperty("place", { path: '["a"]' });
  });

  it("refuse the key of the metadata", async () => {
    const { ctx, f, bytes } = await sealed();
    for (const path of ['["sops"]', '["sops"]["mac"]', "sops"])
      await expect(set(bytes, f, path, '"x"', {}, ctx)).rejects.toMatchObject({ code: "ALREADY_ENCRYPTED" });
  });

  it("refuse a value that is not JSON, without showing it", async () => {
    const { ctx, f, bytes } = await sealed();
    const error: unknown = await set(bytes, f, '["a"]', "hunter2", {}, ctx).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "BAD_SET_VALUE" });
    expect(String(error)).not.toContain("hunter2");
    for (const bad of ['1, "b": 2', "", "{", '"a" "b"'])
      await expect(set(bytes, f, '["a"]', bad, {}, ctx)).rejects.toMatchObject({ code: "BAD_SET_VALUE" });
  });
});

describe("rotate", () => {
  it("makes every ciphertext new, keeps the text, adds and removes keys", async () => {
    const { ctx, f, bytes } = await sealed();
    const other = await generateIdentity();
    const add = [{ type: "age" as const, fields: { recipient: other.recipient } }];
    const both = await rotate(bytes, f, { add, remove: [] }, {}, ctx);
    const ivs = (b: Uint8Array): string[] => fromUtf8(b).match(/iv:[^,]+/g) ?? [];
    expect(ivs(both).filter((iv) => ivs(bytes).includes(iv))).toEqual([]);
    expect(fromUtf8(await decrypt(both, f, {}, await testContext(other.identity)))).toBe(YAML);
    const only = await rotate(both, f, { add: [], remove: [{ type: "age", names: [RECIPIENT] }] }, {}, ctx);
    await expect(decrypt(only, f, {}, ctx)).rejects.toMatchObject({ code: "NO_DATA_KEY" });
    expect(fromUtf8(await decrypt(only, f, {}, await testContext(other.identity)))).toBe(YAML);
  });

  it("refuses to leave a group empty", async () => {
    const { ctx, f, bytes } = await sealed();
    const remove = [{ type: "age" as const, names: [RECIPIENT] }];
    await expect(rotate(bytes, f, { add: [], remove }, {}, ctx)).rejects.toMatchObject({ code: "NO_KEYS" });
  });
});

describe("the rest", () => {
  it("status needs no key", async () => {
    const { f, bytes } = await sealed();
    expect(isEncrypted(bytes, f.input)).toBe(true);
    expect(isEncrypted(utf8(YAML), f.input)).toBe(false);
  });

  it("textconv: plain with the key; names and digests without; the bytes themselves for anything else", async () => {
    const { ctx, f, bytes } = await sealed();
    expect(fromUtf8(await textconv(bytes, f.input, "here", ctx))).toBe(YAML);
    const blind = fromUtf8(await textconv(bytes, f.input, "here", await testContext(null)));
    expect(blind).toMatch(/^a: '?encrypted:[0-9a-f]{10}/m);
    expect(blind).not.toContain("ENC[");
    expect(await textconv(utf8("not: [sops"), f.input, "here", ctx)).toEqual(utf8("not: [sops"));
  });

  it("the environment of a file, and what cannot be one", async () => {
    const flat = await sealed("A: x\nB: 1.0\nC: true\nD:\nE: |\n    two\n    lines\n");
    expect(await environmentOf(flat.bytes, flat.f.input, {}, flat.ctx)).toEqual([
      ["A", "x"],
      ["B", "1.0"],
      ["C", "true"],
      ["D", "<nil>"],
      ["E", "two\nlines\n"],
    ]);
    for (const text of ["A: {b: c}\n", '"a=b": c\n', 'A: "x\\0y"\n']) {
      const bad = await sealed(text);
      await expect(environmentOf(bad.bytes, bad.f.input, {}, bad.ctx)).rejects.toMatchObject({
        code: "EXEC",
      });
    }
  });

  it("sealing onto a file keeps its keys and refuses text that does not parse", async () => {
    const { ctx, f, bytes } = await sealed();
    await expect(sealOnto(utf8("a: [\n"), bytes, f.input, {}, ctx)).rejects.toMatchObject({ code: "PARSE" });
    const changed = YAML.replace("- x\n", "- y\n");
    expect(fromUtf8(await decrypt(await sealOnto(utf8(changed), bytes, f.input, {}, ctx), f, {}, ctx))).toBe(
      changed,
    );
  });
});
