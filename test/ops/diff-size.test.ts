import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { openForEdit } from "../../src/ops/edit.ts";
import { encrypt, sealOnto } from "../../src/ops/encrypt.ts";
import { set } from "../../src/ops/set.ts";
import { changedLines, HUNDRED, SETTINGS, testContext } from "../support/context.ts";

const later = { now: () => new Date("2030-01-01T00:00:00Z") };

describe.each(["yaml", "json", "dotenv", "ini"] as const)("%s: one value of a hundred", (name) => {
  async function sealed() {
    const ctx = await testContext();
    const format = await loadFormat(name);
    const formats = { input: format, output: format };
    const bytes = await encrypt(utf8(HUNDRED[name]), formats, SETTINGS, ctx);
    return { ctx: { ...ctx, runtime: { ...ctx.runtime, ...later } }, format, formats, bytes };
  }
  const changed = utf8(HUNDRED[name].replace("value 50", "other 50"));

  it("sealing a changed text onto the file changes 3 lines", async () => {
    const { ctx, format, bytes } = await sealed();
    expect(changedLines(bytes, await sealOnto(changed, bytes, format, {}, ctx))).toBe(3);
  });

  it("editing it changes 3 lines, also at the second try", async () => {
    const { ctx, format, bytes } = await sealed();
    const session = await openForEdit(bytes, format, {}, ctx);
    expect(fromUtf8(session.plain)).toBe(HUNDRED[name]);
    expect(changedLines(bytes, await session.reseal(changed))).toBe(3);
    expect(changedLines(bytes, await session.reseal(changed))).toBe(3);
  });

  it("setting it changes 3 lines", async () => {
    const { ctx, formats, bytes } = await sealed();
    const path = name === "ini" ? '["all"]["key_050"]' : '["key_050"]';
    const result = await set(bytes, formats, path, '"other 50"', {}, ctx);
    expect(result.changed).toBe(true);
    expect(changedLines(bytes, result.bytes)).toBe(3);
  });

  it("sealing the same text changes no byte", async () => {
    const { ctx, format, bytes } = await sealed();
    expect(await sealOnto(utf8(HUNDRED[name]), bytes, format, {}, ctx)).toBe(bytes);
  });
});
