import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import { loadFormat } from "../../src/formats/index.ts";
import type { Formats } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { rotate } from "../../src/ops/rotate.ts";
import { SETTINGS, testContext } from "../support/context.ts";

async function between(from: FormatName, to: FormatName): Promise<Formats> {
  return { input: await loadFormat(from), output: await loadFormat(to) };
}

async function sealed(text: string, format: FormatName): Promise<Uint8Array> {
  return encrypt(utf8(text), await between(format, format), SETTINGS, await testContext());
}

/** The plain text of a file that was sealed anew in another format. */
async function rotatedTo(to: FormatName, text: string, from: FormatName): Promise<string> {
  const changes = { add: [], remove: [] };
  const made = await rotate(
    await sealed(text, from),
    await between(from, to),
    changes,
    {},
    await testContext(),
  );
  return fromUtf8(await decrypt(made, await between(to, to), {}, await testContext()));
}

describe("a file in another format", () => {
  it.each(["yaml", "json"] as const)("INI to %s: a section of nothing but a comment", async (to) => {
    const text = "[a]\n; note\n[b]\nk = v\n";
    const ctx = await testContext();
    const printed = fromUtf8(await decrypt(await sealed(text, "ini"), await between("ini", to), {}, ctx));
    expect(ctx.warnings).toEqual([]);
    expect(printed).toContain("v");
    expect(await rotatedTo(to, text, "ini")).toMatch(/a"?: \{/);
  });

  it("INI to YAML: a clear comment of several lines becomes several comments", async () => {
    const text = "[a_unencrypted]\n; one\n; two\nk = v\n";
    expect(await rotatedTo("yaml", text, "ini")).toBe(
      "DEFAULT: {}\na_unencrypted:\n    k: v\n    #one\n    # ; two\n",
    );
  });

  it.each([
    ["json", "yaml", '{"a": 1, "a": 2}'],
    ["dotenv", "yaml", "A=1\nA=2\n"],
    ["ini", "yaml", "[a]\nk = v\n[a]\nk = w\n"],
  ] as const)("%s to %s: a key that stands twice is told", async (from, to, text) => {
    await expect(rotatedTo(to, text, from)).rejects.toMatchObject({
      code: "EMIT",
      message: `cannot write this as a ${to} file: a key stands twice`,
    });
  });

  it.each([
    ["true", "true"],
    ["1e20", "1E+20"],
    ["1.0", "1.0"],
    ["-7", "-7"],
    ["2024-01-01T10:00:00.5+02:00", "2024-01-01T10:00:00.5+02:00"],
  ])("YAML to .env: the clear value %s is hashed as the text that it becomes", async (value, text) => {
    expect(await rotatedTo("dotenv", `a_unencrypted: ${value}\nb: x\n`, "yaml")).toBe(
      `a_unencrypted=${text}\nb=x\n`,
    );
  });

  it("several documents are not one file of JSON", async () => {
    const wanted = {
      code: "EMIT",
      message: "cannot write this as a json file: there is more than one document",
    };
    const text = "a: x\n---\nb: y\n";
    await expect(rotatedTo("json", text, "yaml")).rejects.toMatchObject(wanted);
    const made = encrypt(utf8(text), await between("yaml", "json"), SETTINGS, await testContext());
    await expect(made).rejects.toMatchObject(wanted);
  });
});
