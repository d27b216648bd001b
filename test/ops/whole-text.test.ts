import { describe, expect, it } from "vitest";
import { fromUtf8, toByteString, utf8 } from "../../src/core/base/bytes.ts";
import { NO_PRESENTATION, sealPresentation } from "../../src/core/file/presentation.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { openFile } from "../../src/ops/open.ts";
import { rotate } from "../../src/ops/rotate.ts";
import { set } from "../../src/ops/set.ts";
import { SETTINGS, testContext } from "../support/context.ts";

const PLAIN = 'a: "secret"   # why\nport_unencrypted:   80\n';

/** A file whose MAC leaves clear values out, and whose layout field holds its whole text. */
async function wholeFile(): Promise<{ sealed: string; ctx: Awaited<ReturnType<typeof testContext>> }> {
  const ctx = await testContext();
  const yaml = await loadFormat("yaml");
  const settings = { ...SETTINGS, macOnlyEncrypted: true };
  const sealed = await encrypt(utf8(PLAIN), { input: yaml, output: yaml }, settings, ctx);
  const { file, document } = await openFile(sealed, yaml, {}, ctx);
  const keys = document.extra?.keys ?? "";
  const extra = { ...NO_PRESENTATION, keys, whole: toByteString(utf8(PLAIN)) };
  const field = sealPresentation(extra, file.aead, file.runtime, "");
  return { sealed: fromUtf8(sealed).replace(/(?<=enc_presentation: )ENC\[[^\]]*\]/, field), ctx };
}

describe("a layout field that holds the whole text", () => {
  it("gives that text back", async () => {
    const { sealed, ctx } = await wholeFile();
    const yaml = await loadFormat("yaml");
    const formats = { input: yaml, output: yaml };
    expect(fromUtf8(await decrypt(utf8(sealed), formats, {}, ctx))).toBe(PLAIN);
    expect(ctx.warnings).toEqual([]);
  });

  it("is left aside where a clear value, which mac_only_encrypted lets anybody change, is another now", async () => {
    const { sealed, ctx } = await wholeFile();
    const yaml = await loadFormat("yaml");
    const formats = { input: yaml, output: yaml };
    const changed = utf8(sealed.replace(/(port_unencrypted:\s+)80/, "$18080"));
    const open = async (bytes: Uint8Array): Promise<string> =>
      fromUtf8(await decrypt(bytes, formats, {}, ctx));
    const now = "# why\na: secret\nport_unencrypted: 8080\n";
    expect(await open(changed)).toBe(now);
    expect(ctx.warnings.join()).toContain("the original layout is left aside");
    expect(await open(await rotate(changed, formats, { add: [], remove: [] }, {}, ctx))).toContain("8080");
    const { bytes } = await set(changed, formats, '["a"]', '"new"', {}, ctx);
    expect(await open(bytes)).toContain("8080");
  });
});

describe("a file of several documents", () => {
  it("never gives way to a format that holds one", async () => {
    const ctx = await testContext();
    const [yaml, json] = [await loadFormat("yaml"), await loadFormat("json")];
    const sealed = await encrypt(utf8("a: x\n---\nb: y\n"), { input: yaml, output: yaml }, SETTINGS, ctx);
    await expect(
      decrypt(sealed, { input: yaml, output: json }, { replaces: true }, ctx),
    ).rejects.toMatchObject({
      code: "EMIT",
      message: expect.stringContaining("there is more than one document") as string,
      hint: expect.stringContaining("leave --output-type out") as string,
    });
  });
});
