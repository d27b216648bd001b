import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonFormat } from "../../../src/formats/json/index.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { realSops, runSops } from "../../support/real-sops.ts";
import { bytes, text } from "./fake-seal.ts";

/** SOPS 3.12 reads every number as a double: integers past 2^53 and `-0` differ from 3.13, so they are not drawn. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter((x) => x !== 0),
);
const string = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom("<", ">", "&", "\u2028", "\u2029", "\b", "\f", "\0", "\u007f", '"', "\\", "/", "é"),
  }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    string,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(string, tie("value"), { maxKeys: 3 }),
  ),
}));

const SAMPLES = fc.sample(value, { seed: 7, numRuns: 300 });
const PLAIN = JSON.stringify({ ...Object.fromEntries(SAMPLES.entries()), empty: {}, none: [], text: "" });
const canonical = (indent?: number): string =>
  text(jsonFormat.emit(jsonFormat.parsePlain(bytes(PLAIN)).tree, { indent }));

describe.skipIf(realSops === null)("what real sops prints", () => {
  let cwd = "";
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "enc-json-"));
    await writeFile(join(cwd, "plain.json"), PLAIN);
    const sealed = await sops("encrypt", "--age", RECIPIENT, "plain.json");
    await writeFile(join(cwd, "sealed.json"), sealed);
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  async function sops(...args: string[]): Promise<Uint8Array> {
    const result = await runSops(args, { cwd, env: { SOPS_AGE_KEY: IDENTITY } });
    expect([result.code, result.stderr]).toEqual([0, ""]);
    return result.stdout;
  }

  it("is our canonical text", async () => {
    expect(text(await sops("decrypt", "sealed.json"))).toBe(canonical());
  });

  it.each([-1, 0, 2])("is our text with indent %i", async (indent) => {
    await writeFile(join(cwd, "indent.yaml"), `stores: { json: { indent: ${String(indent)} } }\n`);
    const printed = await sops("--config", "indent.yaml", "decrypt", "sealed.json");
    expect(text(printed)).toBe(canonical(indent));
  });

  it("is our sealed text", async () => {
    const sealed = await sops("encrypt", "--age", RECIPIENT, "plain.json");
    const { tree, metadata } = jsonFormat.parseSealed(sealed);
    expect(text(jsonFormat.emitSealed(tree, metadata))).toBe(text(sealed));
  });

  it("is our text of one value", async () => {
    const root = jsonFormat.parsePlain(bytes(PLAIN)).tree.documents[0];
    const lists =
      root?.entries.filter((e) => e.type === "entry" && e.value.type === "list").slice(0, 5) ?? [];
    expect(lists).toHaveLength(5);
    for (const item of lists) {
      if (item.type !== "entry" || item.value.type === "comment") continue;
      const printed = await sops("decrypt", "--extract", `["${item.key}"]`, "sealed.json");
      expect(text(jsonFormat.emitValue(item.value))).toBe(text(printed));
    }
  });
});
