import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../../src/core/base/bytes.ts";
import { type Meant, readBack } from "../../../src/core/file/read-back.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { encrypt } from "../../../src/ops/encrypt.ts";
import { readSealedMetadata } from "../../../src/ops/open.ts";
import { SETTINGS, testContext } from "../../support/context.ts";

const PLAIN = "# note\na: one\nb:\n  - two\n  - 3\nc_unencrypted: clear\n";

/** A sealed file, and itself as what was meant. */
async function example(): Promise<{ text: string; check: (changed: string) => unknown; meant: Meant }> {
  const yaml = await loadFormat("yaml");
  const bytes = await encrypt(utf8(PLAIN), { input: yaml, output: yaml }, SETTINGS, await testContext());
  const source = yaml.parseSealed(bytes);
  const metadata = readSealedMetadata(source);
  const meant: Meant = { tree: source.tree, sites: new Map(), metadata, mayLoseComments: false };
  return { text: fromUtf8(bytes), meant, check: (changed) => readBack(utf8(changed), yaml, meant) };
}

describe("a sealed text is read back before it leaves", () => {
  it("and is what was meant", async () => {
    const { text, check } = await example();
    expect(() => check(text)).not.toThrow();
  });

  it.each<[string, (text: string) => string]>([
    ["a key has another name", (text) => text.replace("a: ", "A: ")],
    ["a key is gone", (text) => text.replace(/^a: .*\n/m, "")],
    ["a key is more", (text) => `z: 1\n${text}`],
    ["two keys change places", (text) => text.replace(/^(a: .*\n)(b:\n(?: .*\n)*)/m, "$2$1")],
    ["a ciphertext is another", (text) => text.replace("ENC[AES256_GCM,data:", "ENC[AES256_GCM,data:AAAA")],
    ["a clear value is another", (text) => text.replace(": clear", ": other")],
    ["a value is of another kind", (text) => text.replace(": clear", ": 1")],
    ["a comment is gone", (text) => text.replace(/^#.*\n/m, "")],
    ["a comment is more", (text) => text.replace("c_unen", "# more\nc_unen")],
    ["a recipient is another", (text) => text.replace("recipient: age1", "recipient: age2")],
    ["the MAC is another", (text) => text.replace(/mac: ENC/, "mac: ENK")],
    ["there is no block", (text) => text.replace(/^sops:[^]*/m, "")],
    ["it does not parse", (text) => `${text}]`],
  ])("where %s it is refused", async (_, change) => {
    const { text, check } = await example();
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(() => check(changed)).toThrow(expect.objectContaining({ code: "EMIT" }));
  });
});
