import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { commitTo } from "../../src/core/file/commitment.ts";
import { sealText } from "../../src/core/model/enc-text.ts";
import { openText } from "../../src/core/model/value.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import { getAt } from "../../src/core/model/tree-edit.ts";
import { equalTrees } from "../../src/core/model/tree-equal.ts";
import type { Node, Tree } from "../../src/core/model/tree.ts";
import { loadFormat } from "../../src/formats/index.ts";
import type { OpsContext } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { openForEdit } from "../../src/ops/edit.ts";
import { encrypt, sealOnto } from "../../src/ops/encrypt.ts";
import { openFile } from "../../src/ops/open.ts";
import { rotate } from "../../src/ops/rotate.ts";
import { set, unset } from "../../src/ops/set.ts";
import { SETTINGS, testContext } from "../support/context.ts";

type Context = OpsContext & { readonly warnings: string[] };

/** One format's file with the commands on it. `printed`: as sops writes it, from the tree, without layout hints. */
async function world(name: FormatName): Promise<{
  ctx: Context;
  seal: (text: string) => Promise<Uint8Array>;
  printed: (yaml: string) => Promise<Uint8Array>;
  tree: (sealed: Uint8Array) => Promise<Tree>;
  open: (sealed: Uint8Array, ignoreMac?: boolean) => Promise<string>;
  rotate: (sealed: Uint8Array) => Promise<Uint8Array>;
  set: (sealed: Uint8Array, path: string, value: string) => Promise<Uint8Array>;
}> {
  const ctx = await testContext();
  const format = await loadFormat(name);
  const yaml = await loadFormat("yaml");
  const formats = { input: format, output: format };
  return {
    ctx,
    seal: (text) => encrypt(utf8(text), formats, SETTINGS, ctx),
    printed: (text) => encrypt(utf8(text), { input: yaml, output: format }, SETTINGS, ctx),
    tree: async (sealed) => (await openFile(sealed, format, {}, ctx)).document.tree,
    open: async (sealed, ignoreMac) => fromUtf8(await decrypt(sealed, formats, { ignoreMac }, ctx)),
    rotate: (sealed) => rotate(sealed, formats, { add: [], remove: [] }, {}, ctx),
    set: async (sealed, path, value) => (await set(sealed, formats, path, value, {}, ctx)).bytes,
  };
}

const leafAt = (tree: Tree, ...path: (string | number)[]): Node | undefined => {
  const node = tree.documents[0] && getAt(tree.documents[0], path);
  return node?.type === "comment" ? undefined : node;
};
const text = (value: string): object => ({ type: "leaf", value: { kind: "str", value } });

describe("what is sealed again is the tree that was opened", () => {
  it.each([
    ["a backslash at its end", String.raw`C:\data\ `.trim()],
    ["quotes around it", '"quoted"'],
    ["one quote", "it's"],
    ["a backquote and a sign", "a`b;c#d"],
    ["three quotes", '"""'],
    ["a comment sign", "#x"],
    ["blanks at its ends", "  x "],
  ])("INI: a value with %s, by rotate and by set of another key", async (_, value) => {
    const w = await world("ini");
    const sealed = await w.printed(
      `app:\n  dir: ${JSON.stringify(value)}\n  password: hunter2\n  port: "1"\n`,
    );
    const before = await w.tree(sealed);
    expect(leafAt(before, "app", "dir")).toMatchObject(text(value));
    expect(equalTrees(await w.tree(await w.rotate(sealed)), before)).toBe(true);
    const after = await w.tree(await w.set(sealed, '["app"]["port"]', '"2"'));
    expect(leafAt(after, "app", "dir")).toMatchObject(text(value));
    expect(leafAt(after, "app", "password")).toMatchObject(text("hunter2"));
    expect(leafAt(after, "app", "port")).toMatchObject(text("2"));
  });

  it("INI: what SOPS' own spelling would lose is printed so that it reads back", async () => {
    const w = await world("ini");
    const sealed = await w.printed('app:\n  dir: "C:\\\\data\\\\"\n  password: hunter2\n');
    const printed = await w.open(sealed);
    const { tree } = (await loadFormat("ini")).parsePlain(utf8(printed));
    expect(leafAt(tree, "app", "dir")).toMatchObject(text("C:\\data\\"));
    expect(leafAt(tree, "app", "password")).toMatchObject(text("hunter2"));
  });

  it(".env: backslash and n stay two characters, by rotate, set and unset", async () => {
    const w = await world("dotenv");
    const sealed = await w.printed('A: "C:\\\\new"\nB: "2"\nC: "3"\n');
    const before = await w.tree(sealed);
    expect(leafAt(before, "A")).toMatchObject(text("C:\\new"));
    expect(equalTrees(await w.tree(await w.rotate(sealed)), before)).toBe(true);
    const changed = await w.set(sealed, '["B"]', '"x"');
    expect(leafAt(await w.tree(changed), "A")).toMatchObject(text("C:\\new"));
    const format = await loadFormat("dotenv");
    const { bytes } = await unset(changed, { input: format, output: format }, '["C"]', {}, w.ctx);
    const after = await w.tree(bytes);
    expect([leafAt(after, "A"), leafAt(after, "B"), leafAt(after, "C")]).toMatchObject([
      text("C:\\new"),
      text("x"),
      undefined,
    ]);
  });

  it(".env: what has no spelling is printed with a warning, and never takes the place of the file", async () => {
    const w = await world("dotenv");
    const sealed = await w.printed('A: "C:\\\\new"\n');
    expect(await w.open(sealed)).toBe("A=C:\\new\n");
    expect(w.ctx.warnings.join()).toContain('["A"] does not read back');
    const format = await loadFormat("dotenv");
    const formats = { input: format, output: format };
    const refused = { code: "EMIT", place: { path: '["A"]' } };
    await expect(decrypt(sealed, formats, { replaces: true }, w.ctx)).rejects.toMatchObject(refused);
    await expect(openForEdit(sealed, format, {}, w.ctx)).rejects.toMatchObject(refused);
  });

  it(".env: set takes a value of backslash and n as it is", async () => {
    const w = await world("dotenv");
    const sealed = await w.set(await w.seal("A=1\nB=2\n"), '["A"]', '"C:\\\\new"');
    expect(leafAt(await w.tree(sealed), "A")).toMatchObject(text("C:\\new"));
    expect(leafAt(await w.tree(sealed), "B")).toMatchObject(text("2"));
  });

  it.each([
    ["2.0", 2],
    ["-0.0", -0],
    ["1e3", 1000],
  ])("YAML: the float %s stays one where another key changes", async (spelled, value) => {
    const w = await world("yaml");
    const json = await loadFormat("json");
    const yaml = await loadFormat("yaml");
    const plain = utf8(`{"f": ${spelled}, "k": "v"}`);
    const sealed = await encrypt(plain, { input: json, output: yaml }, SETTINGS, w.ctx);
    const before = await w.tree(sealed);
    const float = leafAt(before, "f");
    // JSON integers are integers in SOPS too, so only what it reads as a float says anything here.
    if (float?.type !== "leaf" || float.value.kind !== "float") return;
    expect(float.value.value).toBe(value);
    for (const after of [
      await w.rotate(sealed),
      await w.set(sealed, '["k"]', '"w"'),
      await w.set(sealed, '["n"]', "1"),
    ])
      expect(leafAt(await w.tree(after), "f")).toEqual(float);
  });

  it("YAML: list positions are those of SOPS, which count comments", async () => {
    const w = await world("yaml");
    const sealed = await w.seal("m:\n  - # first row\n    - keep\n    - two\n");
    const before = leafAt(await w.tree(sealed), "m", 0);
    const items = before?.type === "list" ? before.items.length : 0;
    for (let i = 0; i < items; i++) {
      const old = leafAt(await w.tree(sealed), "m", 0, i);
      if (old?.type !== "leaf") continue;
      const after = await w.tree(await w.set(sealed, `["m"][0][${String(i)}]`, '"NEW"'));
      expect(leafAt(after, "m", 0, i)).toMatchObject(text("NEW"));
    }
    expect(items).toBeGreaterThan(1);
  });

  it("rotate changes nothing but ciphertexts and the block of a file that sops laid out", async () => {
    const w = await world("yaml");
    const sealed = await w.printed("a: one\n# note\nb:\n  - two\n");
    const masked = (bytes: Uint8Array): string =>
      fromUtf8(bytes)
        .replace(/ENC\[[^\]]*\]/g, "ENC")
        .replace(/sops:[^]*/, "");
    expect(masked(await w.rotate(sealed))).toBe(masked(sealed));
  });
});

describe("the layout belongs to one version of the file", () => {
  const field = /^ *enc_presentation.*\n/m;
  const LEFT_ASIDE = "the original layout is left aside";

  it("the field of an older one changes no value", async () => {
    const w = await world("ini");
    const first = await w.seal("[db]\nuser = root\npassword = old-\npassword = s3cret\n");
    const ini = await loadFormat("ini");
    const second = await sealOnto(
      utf8("[db]\nuser = root\nhost = example\npassword = s3cret\n"),
      first,
      ini,
      {},
      w.ctx,
    );
    const old = field.exec(fromUtf8(first))?.[0] ?? "";
    expect(old).not.toBe("");
    const replayed = utf8(fromUtf8(second).replace(/^lastmodified/m, `${old}lastmodified`));
    expect(await w.open(replayed)).toBe("[db]\nuser     = root\nhost     = example\npassword = s3cret\n");
    expect(w.ctx.warnings.join()).toContain(LEFT_ASIDE);
    const after = await w.tree(await w.set(replayed, '["db"]["user"]', '"admin"'));
    expect(leafAt(after, "db", "password")).toMatchObject(text("s3cret"));
  });

  it.each([
    ["a tag", "cmd:   ", "cmd:   !!python/object/apply:os.system "],
    ["an anchor", "cmd:   ", "cmd:   &x "],
    ["a tag of its own kind", "cmd:   ", "cmd:   !!str "],
    ["a directive", /^/, "%TAG ! tag:example.com,2000:\n---\n"],
    ["a blank line", /^/, "\n"],
  ])("%s that was put in comes out nowhere", async (_, place, planted) => {
    const w = await world("yaml");
    const sealed = fromUtf8(await w.seal("port: 8080  # p\ncmd:   ls\n"));
    const changed = utf8(sealed.replace(place, planted));
    expect(await w.open(changed)).toBe("# p\nport: 8080\ncmd: ls\n");
    expect(w.ctx.warnings.join()).toContain(LEFT_ASIDE);
  });

  it("is told before set, rotate and edit write the file without it", async () => {
    const w = await world("yaml");
    const changed = utf8(`\n${fromUtf8(await w.seal("a: 0x1F\n\nb: 'q'\n"))}`);
    const yaml = await loadFormat("yaml");
    for (const work of [
      () => w.set(changed, '["b"]', '"z"'),
      () => w.rotate(changed),
      () => openForEdit(changed, yaml, {}, w.ctx),
    ]) {
      w.ctx.warnings.length = 0;
      await work();
      expect(w.ctx.warnings.join()).toContain(LEFT_ASIDE);
    }
  });

  it("a merged file opened under --ignore-mac has its values, and no layout", async () => {
    const w = await world("yaml");
    const base = await w.seal("a:   'one'\nb:   'two'\n");
    const yaml = await loadFormat("yaml");
    const [ours, theirs] = await Promise.all(
      ["a:   'new'\nb:   'two'\n", "a:   'one'\nb:   'other'\n"].map((plain) =>
        sealOnto(utf8(plain), base, yaml, {}, w.ctx),
      ),
    );
    const [a, b] = [fromUtf8(ours ?? base).split("\n"), fromUtf8(theirs ?? base).split("\n")];
    const merged = utf8([a[0], b[1], ...a.slice(2)].join("\n"));
    await expect(w.open(merged)).rejects.toMatchObject({ code: "MAC_MISMATCH" });
    expect(await w.open(merged, true)).toBe("a: new\nb: other\n");
    expect(w.ctx.warnings.join()).toContain(LEFT_ASIDE);
  });

  it("a file that a checkout gave other line ends opens to the original", async () => {
    const w = await world("yaml");
    const plain = "a:   'one'\nb:   'two'\n";
    const sealed = await w.seal(plain);
    expect(await w.open(utf8(fromUtf8(sealed).replaceAll("\n", "\r\n")))).toBe(plain);
    expect(w.ctx.warnings).toEqual([]);
  });

  it("a text is not accepted where a comment stood", async () => {
    const w = await world("yaml");
    const plain = 'users:\n  - name\n  - "just text\\n  - admin\\nrole: root\\n"\n  - last\n';
    const lines = fromUtf8(await w.seal(plain)).split("\n");
    lines.splice(1, 0, `  #${/ENC\[.*?\]/.exec(lines[2] ?? "")?.[0] ?? ""}`);
    const refused = { code: "DECRYPT_VALUE", place: { line: 2 } };
    await expect(w.open(utf8(lines.join("\n")))).rejects.toMatchObject(refused);
    await expect(w.open(utf8(lines.join("\n")), true)).rejects.toMatchObject(refused);
  });

  it.each(["a: |+\n  x\n\n# c\n...\n", "a: |+\n  x\n\n\n# c\n", "k: >+\n  x\n\n# lost\n...\n---\nb: 1\n"])(
    "%j comes back byte for byte, whatever it takes",
    async (plain) => {
      const w = await world("yaml");
      expect(await w.open(await w.seal(plain))).toBe(plain);
    },
  );
});

describe("a carriage return that somebody put into a clear value", () => {
  // The MAC of mac_only_encrypted leaves the clear value out, and the text without the CR is the one that was sealed.
  it.each([
    ["dotenv", "A=one\nB_unencrypted=foo\n", /(B_unencrypted=foo)\n/, "$1\r\n", ["B_unencrypted"], "foo\r"],
    [
      "ini",
      '[s]\nA = one\nB_unencrypted = """a\nb"""\n',
      /("""a)\n/,
      "$1\r\n",
      ["s", "B_unencrypted"],
      "a\r\nb",
    ],
  ] as const)(
    "%s: is printed, and kept by set of another key",
    async (name, plain, what, by, path, value) => {
      const ctx = await testContext();
      const format = await loadFormat(name);
      const formats = { input: format, output: format };
      const sealed = await encrypt(utf8(plain), formats, { ...SETTINGS, macOnlyEncrypted: true }, ctx);
      const changed = utf8(fromUtf8(sealed).replace(what, by));
      expect(changed).not.toEqual(sealed);
      const tree = async (file: Uint8Array): Promise<Tree> =>
        (await openFile(file, format, {}, ctx)).document.tree;
      expect(leafAt(await tree(changed), ...path)).toMatchObject(text(value));
      expect(leafAt(format.parsePlain(await decrypt(changed, formats, {}, ctx)).tree, ...path)).toMatchObject(
        text(value),
      );
      const key = name === "ini" ? '["s"]["A"]' : '["A"]';
      const after = (await set(changed, formats, key, '"two"', {}, ctx)).bytes;
      expect(leafAt(await tree(after), ...path)).toMatchObject(text(value));
    },
  );
});

describe("a file whose maker committed to a text that says other values", () => {
  it("is printed from its values, which are what sops reads, and set of another key keeps them", async () => {
    const ctx = await testContext();
    const yaml = await loadFormat("yaml");
    const honest = { input: yaml, output: yaml };
    const sealed = await encrypt(utf8("role:   admin\nuser: alice\n"), honest, SETTINGS, ctx);
    const { file } = await openFile(sealed, yaml, {}, ctx);
    const forged = utf8("role:   viewer\nuser: alice\n");
    const { mac, lastModified } = file.metadata;
    const opened = openText(file.aead, mac, utf8(lastModified));
    const macText = opened.kind === "value" && opened.value.kind === "str" ? opened.value.value : "";
    const iv = commitTo(forged, file);
    const newMac = sealText(file.aead, iv, utf8(macText), utf8(lastModified), "str");
    const evil = utf8(fromUtf8(sealed).replace(mac, newMac));
    // In place of a layout field that inserts and removes text until it says `viewer`.
    const format = {
      ...yaml,
      parseSealed: (bytes: Uint8Array) => ({ ...yaml.parseSealed(bytes), open: () => forged }),
    };
    const formats = { input: format, output: format };
    expect(fromUtf8(await decrypt(evil, formats, {}, ctx))).toBe("role: admin\nuser: alice\n");
    expect(ctx.warnings.join()).toContain("the original layout is left aside");
    const { bytes } = await set(evil, formats, '["user"]', '"bob"', {}, ctx);
    expect(fromUtf8(await decrypt(bytes, honest, {}, ctx))).toContain("role: admin");
  });
});

describe("a layout field that is none", () => {
  it.each(["hunter2-not-json", "null", "[]", '"x"'])("%s: says nothing, and is not shown", async (field) => {
    const ctx = await testContext();
    const yaml = await loadFormat("yaml");
    const formats = { input: yaml, output: yaml };
    const sealed = fromUtf8(await encrypt(utf8("a:   x\n"), formats, SETTINGS, ctx));
    const { file } = await openFile(utf8(sealed), yaml, {}, ctx);
    const text = sealText(
      file.aead,
      new Uint8Array(32).fill(7),
      utf8(field),
      utf8("enc_presentation"),
      "str",
    );
    const changed = utf8(sealed.replace(/(?<=enc_presentation: )ENC\[[^\]]*\]/, text));
    expect(fromUtf8(await decrypt(changed, formats, {}, ctx))).toBe("a:   x\n");
  });
});
