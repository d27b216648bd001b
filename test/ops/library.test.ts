import { describe, expect, it } from "vitest";
import { fromUtf8 } from "../../src/core/base/bytes.ts";
import { decryptToText, encrypt, type EncryptOptions, SopsDocument, SopsError } from "../../src/index.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const YAML = "user: bob\npassword: hunter2\n";
const GROUP = [{ type: "age", fields: { recipient: RECIPIENT } }] as const;

/** Options as a caller without types may give them. */
const seal = (options: Record<string, unknown>): Promise<Uint8Array> =>
  encrypt(YAML, { format: "yaml", recipients: [RECIPIENT], ...options } as unknown as EncryptOptions);

/** A provider of the caller's own, under any name. */
const own = (type: string, enc = "d3JhcHBlZA=="): Record<string, unknown> => ({
  recipients: undefined,
  groups: [[{ type, fields: { key_id: "x" } }]],
  providers: new Map([
    [type, { type, fields: ["enc", "key_id"], identity: () => "x", wrap: () => Promise.resolve(enc) }],
  ]),
});

describe("library: a file that nobody could open is never answered", () => {
  // Its sops block listed no key at all.
  it.each(["acme_kms", "__proto__", "toString"])("refuses a provider of the type %s", async (type) => {
    await expect(seal(own(type))).rejects.toMatchObject({ code: "UNKNOWN_KEY_TYPE" });
    const groups = [[...GROUP, { type, fields: { key_id: "x" } }]];
    await expect(seal({ ...own(type), groups })).rejects.toMatchObject({ code: "UNKNOWN_KEY_TYPE" });
  });

  it.each(["", null, 7])("refuses a provider that wraps to %j", async (enc) => {
    await expect(seal(own("hckms", enc as string))).rejects.toMatchObject({ code: "WRAP_FAILED" });
  });

  // It was left out of the file, without a word.
  it("refuses a field that the file has no place for", async () => {
    const groups = [[{ type: "hckms", fields: { key_id: "x", tenant: "t" } }]];
    await expect(seal({ ...own("hckms"), groups })).rejects.toMatchObject({
      code: "EMIT",
      message: "the sops block cannot hold what was asked for: the field tenant of a key of type hckms",
    });
  });

  it("takes a provider of its own under one of the seven names", async () => {
    expect(fromUtf8(await seal(own("hckms")))).toContain("enc: d3JhcHBlZA==");
  });
});

describe("library: options that are not what they should be", () => {
  // It was taken for an unencrypted_ one: the password stayed in clear text, and all else was encrypted.
  it.each(["encrypted-regex", "encryptedRegex", "encrypted_Regex", undefined])(
    "refuses the selector name %s",
    async (name) => {
      await expect(seal({ selector: { name, pattern: "^password$" } })).rejects.toMatchObject({
        code: "USAGE",
      });
    },
  );

  it.each(["toml", "YAML", "__proto__", undefined])("refuses the format %s", async (format) => {
    await expect(seal({ format })).rejects.toMatchObject({ code: "USAGE" });
  });

  // The recipients were left out without a word.
  it("refuses recipients beside groups", async () => {
    await expect(seal({ groups: [GROUP] })).rejects.toMatchObject({ code: "CONFLICTING_OPTIONS" });
  });

  it.each([2.5, NaN, "2"])("refuses the threshold %s", async (shamirThreshold) => {
    const groups = [GROUP, GROUP, GROUP];
    await expect(seal({ recipients: undefined, groups, shamirThreshold })).rejects.toMatchObject({
      code: "BAD_SHARES",
    });
  });

  // Each key opened the file alone.
  it("refuses a threshold for one group", async () => {
    await expect(seal({ shamirThreshold: 2 })).rejects.toMatchObject({ code: "BAD_SHARES" });
    await expect(seal({ recipients: undefined, groups: [GROUP], shamirThreshold: 2 })).rejects.toMatchObject({
      code: "BAD_SHARES",
    });
    expect(await seal({ shamirThreshold: 1 })).toBeInstanceOf(Uint8Array);
  });

  // Half of a surrogate pair came back as U+FFFD.
  it("refuses text that UTF-8 cannot hold, and takes all other", async () => {
    const options = { format: "binary", recipients: [RECIPIENT] } as const;
    await expect(encrypt("a\ud83db", options)).rejects.toMatchObject({ code: "NOT_UTF8" });
    const opening = { format: "binary", identities: [IDENTITY] } as const;
    const sealed = await encrypt("a\u{1f600}b", options);
    expect(await decryptToText(sealed, opening)).toBe("a\u{1f600}b");
    const document = await SopsDocument.open(sealed, opening);
    await expect(document.seal("\ude00")).rejects.toMatchObject({ code: "NOT_UTF8" });
  });
});

describe("library: errors", () => {
  const failed = async (): Promise<SopsError> => {
    const error: unknown = await decryptToText("a: 1\n", { format: "yaml" }).catch((e: unknown) => e);
    if (error instanceof SopsError) return error.at({ file: "a.yaml" });
    throw error;
  };

  // The message was missing.
  it("are whole as JSON", async () => {
    const { code, message, hint, place } = await failed();
    expect(message).not.toBe("");
    const json = { name: "SopsError", code, message, hint, place };
    expect(JSON.parse(JSON.stringify(await failed()))).toEqual(json);
  });

  it("tell a subclass from its parent", async () => {
    class Own extends SopsError {}
    expect(new Own("USAGE", "x")).toBeInstanceOf(SopsError);
    expect(new Own("USAGE", "x")).toBeInstanceOf(Own);
    expect(await failed()).not.toBeInstanceOf(Own);
  });
});
