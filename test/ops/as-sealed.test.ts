import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { loadFormat } from "../../src/formats/index.ts";
import type { SealSettings } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { set } from "../../src/ops/set.ts";
import { SETTINGS, testContext } from "../support/context.ts";

const PLAIN = "a: one\nb: two\nlist:\n  - x\n  - y\nport_unencrypted: 80\n";
const [A, B] = [/^a: .*$/m, /^b: .*$/m];
const ITEMS = /^( +- ENC.*\n)( +- ENC.*\n)/m;

const line = (text: string, pattern: RegExp): string => pattern.exec(text)?.[0] ?? "";

describe("what SECURITY.md says is noticed", () => {
  const world = async (settings: Partial<SealSettings> = {}) => {
    const [ctx, yaml] = await Promise.all([testContext(), loadFormat("yaml")]);
    const formats = { input: yaml, output: yaml };
    const sealed = await encrypt(utf8(PLAIN), formats, { ...SETTINGS, ...settings }, ctx);
    const later = await set(sealed, formats, '["a"]', '"three"', {}, ctx);
    const open = async (text: string): Promise<string> =>
      fromUtf8(await decrypt(utf8(text), formats, {}, ctx));
    return { sealed: fromUtf8(sealed), later: fromUtf8(later.bytes), open };
  };

  it.each([
    ["a value that was moved to another key", (s: string) => s.replace(A, line(s, B).replace("b", "a"))],
    [
      "two values that were swapped",
      (s: string) => s.replace(A, line(s, B).replace("b", "a")).replace(B, line(s, A).replace("a", "b")),
    ],
  ])("%s does not decrypt", async (_, change) => {
    const { sealed, open } = await world();
    await expect(open(change(sealed))).rejects.toMatchObject({ code: "DECRYPT_VALUE" });
  });

  it.each([
    ["removed", (s: string) => s.replace(`${line(s, B)}\n`, "")],
    ["added", (s: string) => s.replace(ITEMS, "$1$2$2")],
    ["reordered", (s: string) => s.replace(ITEMS, "$2$1")],
    ["replayed from the version before", (s: string, before: string) => s.replace(A, line(before, A))],
    ["edited in clear text", (s: string) => s.replace("unencrypted: 80", "unencrypted: 81")],
    ["given another time", (s: string) => s.replace(/lastmodified: "20/, 'lastmodified: "19')],
  ])("a value that was %s does not fit the MAC", async (_, change) => {
    const { sealed, later, open } = await world();
    const changed = change(later, sealed);
    expect(changed).not.toBe(later);
    await expect(open(changed)).rejects.toMatchObject({ code: "MAC_MISMATCH" });
  });

  it("but a clear value may be edited with mac_only_encrypted", async () => {
    const { sealed, open } = await world({ macOnlyEncrypted: true });
    expect(await open(sealed.replace("unencrypted: 80", "unencrypted: 81"))).toContain("unencrypted: 81");
  });

  it("the name of a clear value is bound by enc_presentation, as long as that field is there", async () => {
    const { sealed, open } = await world();
    const renamed = sealed.replace("port_unencrypted", "user_unencrypted");
    await expect(open(renamed)).rejects.toMatchObject({ code: "MAC_MISMATCH" });
    expect(await open(renamed.replace(/^ *enc_presentation.*\n/m, ""))).toContain("user_unencrypted: 80");
  });
});
