import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { sealText } from "../../src/core/model/enc-text.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { openFile } from "../../src/ops/open.ts";
import { SETTINGS, testContext } from "../support/context.ts";

/** A file whose layout field was written by a version of enc that does not exist yet. */
async function ofLaterVersion(plain: string): Promise<{ warnings: string[]; text: string }> {
  const [ctx, yaml] = await Promise.all([testContext(), loadFormat("yaml")]);
  const formats = { input: yaml, output: yaml };
  const sealed = await encrypt(utf8(plain), formats, SETTINGS, ctx);
  const { file } = await openFile(sealed, yaml, {}, ctx);
  const iv = file.runtime.randomBytes(32);
  const field = sealText(file.aead, iv, utf8('{"v":2,"more":[1]}'), utf8("enc_presentation"), "str");
  const changed = fromUtf8(sealed).replace(/(?<=enc_presentation: )ENC\[[^\]]*\]/, field);
  expect(changed).toContain(field);
  return { warnings: ctx.warnings, text: fromUtf8(await decrypt(utf8(changed), formats, {}, ctx)) };
}

// Its digest of the names was taken for an empty one, and a file with a clear value for a file that somebody had changed.
describe("a layout field of a later version", () => {
  it("says nothing of the names of clear values", async () => {
    const plain = 'a: "x"   # why\nb_unencrypted:   80\n';
    expect(await ofLaterVersion(plain)).toEqual({ text: plain, warnings: [] });
  });

  it("leaves the values in canonical layout where the text needs its hints", async () => {
    const { text, warnings } = await ofLaterVersion("a: 0x1F\nb_unencrypted: 80\n");
    expect(text).toBe("a: 31\nb_unencrypted: 80\n");
    expect(warnings.join()).toContain("the original layout is left aside");
  });
});
