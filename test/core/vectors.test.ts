import { describe, expect, it } from "vitest";
import { fromByteString, utf8 } from "../../src/core/base/bytes.ts";
import { FileMac } from "../../src/core/file/mac.ts";
import { nobleRuntime } from "../../src/core/ports/noble.ts";
import { compileSelection } from "../../src/core/model/selection.ts";
import { sealTree } from "../../src/core/file/seal.ts";
import { combine, divide, multiply, split } from "../../src/core/keys/shamir.ts";
import { entry, list, map, NULL, type Scalar, str } from "../../src/core/model/tree.ts";
import { isEncText, parseEnc, sealText } from "../../src/core/model/enc-text.ts";
import { openText, plaintextOf } from "../../src/core/model/value.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";

/** format.md 14: data key 32 x `k`, IV 32 x n. */
const KEY = new Uint8Array(32).fill(0x6b);

const VALUES: [number, Scalar | string, string, string][] = [
  [
    1,
    { kind: "str", value: "hello" },
    "str:",
    "ENC[AES256_GCM,data:gpobcpE=,iv:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,tag:3z+mk6GvGAcqOvyTArAIrA==,type:str]",
  ],
  [
    2,
    { kind: "int", value: 9223372036854775807n },
    "int:",
    "ENC[AES256_GCM,data:SzET1BajcXz//Mh1jMVtiqmeiQ==,iv:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,tag:wyLMMgjT8BzKZnitfvl2jA==,type:int]",
  ],
  [
    3,
    { kind: "float", value: 1e21 },
    "float:",
    "ENC[AES256_GCM,data:c5xUTZUIm8qkcPwcf+YATBzUjqnLug==,iv:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=,tag:XGdvbna2d+wOB++8mxVWyQ==,type:float]",
  ],
  [
    4,
    { kind: "bool", value: true },
    "bool:",
    "ENC[AES256_GCM,data:LIk8CA==,iv:BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=,tag:UfBWkd4oxayjPOYbiX+tOg==,type:bool]",
  ],
  [
    5,
    { kind: "time", value: "2006-01-02T15:04:05+07:06" },
    "time:",
    "ENC[AES256_GCM,data:sTV9/fR6GVqpdlLCmPIz0sZEZ6lgFycSQg==,iv:BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=,tag:P45S266bcSEGHFeyPQve5A==,type:time]",
  ],
  [
    6,
    " top",
    ":",
    "ENC[AES256_GCM,data:5tg6XQ==,iv:BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=,tag:nR8d0FsKVxfywReat0TGSg==,type:comment]",
  ],
  [
    7,
    { kind: "str", value: "x" },
    "list:",
    "ENC[AES256_GCM,data:tQ==,iv:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=,tag:x6IMCx/1fANRjklP9YZxgw==,type:str]",
  ],
  [
    9,
    { kind: "str", value: "y" },
    "map:k:",
    "ENC[AES256_GCM,data:zg==,iv:CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=,tag:XtviK0pb5PT+Rbivxs37hQ==,type:str]",
  ],
];

describe.each([
  ["noble", nobleRuntime],
  ["node:crypto", nodeRuntime],
])("with %s", (_, runtime) => {
  const aead = runtime.aead(KEY);

  it.each(VALUES)("vector %i", (n, value, aad, text) => {
    const plaintext = typeof value === "string" ? utf8(value) : plaintextOf(value);
    const type = typeof value === "string" ? "comment" : value.kind;
    expect(sealText(aead, new Uint8Array(32).fill(n), plaintext, utf8(aad), type)).toBe(text);
    const opened = openText(aead, text, utf8(aad));
    expect(opened.kind === "comment" ? opened.text : opened.value).toEqual(value);
  });

  it("opens a value with a 12-byte IV, as old files have", () => {
    const sealed = sealText(aead, new Uint8Array(12).fill(3), utf8("old"), utf8("a:"), "str");
    expect(openText(aead, sealed, utf8("a:"))).toEqual({
      kind: "value",
      value: { kind: "str", value: "old" },
    });
  });

  it("refuses another AAD, another tag, another type's text", () => {
    const [, , , text] = VALUES[0] ?? [0, "", "", ""];
    const code = (c: string): unknown => expect.objectContaining({ code: c });
    expect(() => openText(aead, text, utf8("other:"))).toThrow(code("DECRYPT_VALUE"));
    expect(() => openText(aead, text.replace("tag:3z", "tag:4z"), utf8("str:"))).toThrow(
      code("DECRYPT_VALUE"),
    );
    expect(() => openText(aead, text.replace("type:str", "type:int"), utf8("str:"))).toThrow(
      code("BAD_VALUE"),
    );
    expect(() => openText(aead, text.replace("type:str", "type:nonsense"), utf8("str:"))).toThrow(
      code("BAD_VALUE"),
    );
    expect(() => openText(aead, "plain", utf8("str:"))).toThrow(code("VALUE_NOT_ENCRYPTED"));
  });

  it("the MAC of a document of every kind", async () => {
    const document = map([
      { type: "comment", text: " top", inline: false },
      entry("str", str("hello")),
      ...VALUES.slice(1, 5).map(([, value, aad]) =>
        entry(aad.slice(0, -1), { type: "leaf" as const, value: value as Scalar }),
      ),
      entry("nul", NULL),
      entry("empty", str("")),
      entry("list", list([str("x")])),
      entry("map", map([entry("k", str("y"))])),
      entry("n_unencrypted", { type: "leaf", value: { kind: "int", value: 5n } }),
    ]);
    const selection = await compileSelection(undefined, "seal");
    const sealed = sealTree({ documents: [document] }, { runtime, aead, selection, macOnlyEncrypted: false });
    expect(sealed.mac).toBe(
      "0EFEA6A4D303C3673CC254569BDC200E8557D5357B4FC3905FDFAD46D1D82A7EC72B4D03B05146F4B1F6365741658D07DA2C5A79633140519C36F8F31A47BAD4",
    );
    const iv = new Uint8Array(32).fill(10);
    expect(sealText(aead, iv, utf8(sealed.mac), utf8("2026-01-02T03:04:05Z"), "str")).toBe(
      "ENC[AES256_GCM,data:LjD0RosHbHblICuyoRLMOOGe7dEBL/NIBMztFz5v3DKVpT0ishIl4Cl5rks1V8+Ijhz9uf/AxwEtpD162+2WykOFSwaVNvYRCZtmwtfwx5BiIU2Bo1tq/C1OHJn+J94PUsM24VKORqFErJLX3VzxuQVNE9jccssoQZh5u4cYgQo=,iv:CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=,tag:+Bx6+EnPDEhrdy8AD9AYGQ==,type:str]",
    );
  });

  it("mac_only_encrypted starts from a salt and leaves clear values out", async () => {
    const int = (value: bigint) => ({ type: "leaf" as const, value: { kind: "int" as const, value } });
    const document = map([entry("a", int(1n)), entry("b_unencrypted", int(2n))]);
    const selection = await compileSelection(undefined, "seal");
    const sealed = sealTree({ documents: [document] }, { runtime, aead, selection, macOnlyEncrypted: true });
    expect(sealed.mac).toBe(
      "B7D3497779D429AA8278C6D782E983565AA13BBAED42E57A309A9AFCF80D28A373F7B23D59F67B3738040A78A74BB86C25ABF064A0F746C791B2E5ECB3FC92EA",
    );
  });

  it("the MAC of nothing is SHA-512 of nothing", () => {
    expect(new FileMac(runtime, false).text()).toMatch(/^CF83E135.*27AF927DA3E$/);
  });
});

describe("reading ENC texts as leniently as sops", () => {
  it.each([
    ["ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]", true],
    ["ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str] trailing", true],
    ["ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]\nmore", true],
    [" ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]", false],
    ["ENC[AES256_GCM,data:,iv:YQ==,tag:YQ==,type:str]", false],
    ["ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:]", false],
    ["ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str", false],
    ["ENC[AES256_GCM,data:Y\nQ==,iv:YQ==,tag:YQ==,type:str]", false],
  ])("%j: %s", (text, is) => {
    expect(isEncText(text)).toBe(is);
  });

  it("takes the last of each label, as a greedy pattern does: the tag then holds a comma, which is not base64", () => {
    const text = "ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str],type:int]";
    expect(isEncText(text)).toBe(true);
    expect(parseEnc(text)).toBeNull();
  });

  it.each(["YQ", "YQ=", "Y-_=", "YQ==YQ==", "YR==x"])("refuses the base64 %s", (bad) => {
    expect(parseEnc(`ENC[AES256_GCM,data:${bad},iv:YQ==,tag:YQ==,type:str]`)).toBeNull();
  });

  it("is linear in hostile texts", () => {
    expect(isEncText("ENC[AES256_GCM,data:" + ",iv:".repeat(200_000))).toBe(false);
  });
});

describe("shamir", () => {
  const secret = fromByteString("\x00\x01\x02\x03\x7f\x80\xfe\xff");
  const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (h) => parseInt(h, 16));
  const shares = [hex("a5b7c5db967af5e301"), hex("517697a8b66fe8c702"), hex("f4c050705f95e3db03")];

  it("any two of the shares give the secret", () => {
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [0, 2],
      [2, 0],
    ] as const)
      expect(combine([shares[a], shares[b]].filter((s) => s !== undefined))).toEqual(secret);
    expect(combine(shares)).toEqual(secret);
  });

  it("multiplication and division are inverse for every pair", () => {
    for (let a = 0; a < 256; a++)
      for (let b = 1; b < 256; b++)
        if (divide(multiply(a, b), b) !== a) throw new Error(`${String(a)} ${String(b)}`);
    expect(multiply(0x57, 0x83)).toBe(0xc1);
  });

  it("three of five, in any order", () => {
    const made = split(secret, 5, 3, (n) => nobleRuntime.randomBytes(n));
    for (const pick of [
      [0, 1, 2],
      [4, 2, 0],
      [1, 3, 4],
    ])
      expect(combine(pick.flatMap((i) => made[i] ?? []))).toEqual(secret);
    expect(combine(made.slice(0, 2))).not.toEqual(secret);
  });

  it.each([
    [2, 1],
    [2, 3],
    [256, 2],
  ])("refuses %i parts with threshold %i", (parts, threshold) => {
    expect(() => split(secret, parts, threshold, (n) => nobleRuntime.randomBytes(n))).toThrow(
      expect.objectContaining({ code: "BAD_SHARES" }),
    );
  });

  it("refuses one share, unequal lengths, and the same share twice", () => {
    const [a = secret, b = secret] = shares;
    for (const bad of [[a], [a, b.subarray(1)], [a, a], []])
      expect(() => combine(bad)).toThrow(expect.objectContaining({ code: "BAD_SHARES" }));
  });
});
