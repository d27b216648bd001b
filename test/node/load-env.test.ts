import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encryptFile, loadEnv, nodeHost, readEnv } from "../../src/node.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

let dir = "";
const host = nodeHost({ env: { SOPS_AGE_KEY: IDENTITY }, warn: () => undefined });
const at = (name: string): string => join(dir, name);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  writeFileSync(
    at("one.env"),
    "# remark\nA=one\nconstructor=c\nB=$A `id` $(id) \\n\n__proto__=kept\nEMPTY=\n",
  );
  writeFileSync(at("two.json"), '{"A": "two", "n": 1.0, "t": true, "text": "a\\nb", "nothing": null}');
  writeFileSync(at("deep.json"), '{"a": {"b": "c4n4ry"}}');
  for (const name of ["one.env", "two.json", "deep.json"])
    await encryptFile(at(name), { recipients: [RECIPIENT], writeTo: at(name) });
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe("readEnv", () => {
  it("answers the values as they are, the later file's first", async () => {
    const values = await readEnv([at("one.env"), at("two.json")], { host });
    expect([...values]).toEqual([
      ["A", "two"],
      ["constructor", "c"],
      ["B", "$A `id` $(id) \n"],
      ["__proto__", "kept"],
      ["EMPTY", ""],
      ["n", "1.0"],
      ["t", "true"],
      ["text", "a\nb"],
      ["nothing", "<nil>"],
    ]);
  });

  it("names the file that fails, and the key", async () => {
    await expect(readEnv(at("none.env"), { host })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      place: { file: at("none.env") },
    });
    await expect(readEnv([at("one.env"), at("deep.json")], { host })).rejects.toMatchObject({
      code: "EXEC",
      place: { file: at("deep.json"), path: '["a"]' },
    });
  });
});

describe("loadEnv", () => {
  it("lets what is set win, even where it is empty", async () => {
    const environment: Record<string, string | undefined> = { A: "ambient", EMPTY: "full", t: "" };
    const set = await loadEnv([at("one.env"), at("two.json")], { host, environment });
    expect(environment).toMatchObject({ A: "ambient", EMPTY: "full", t: "", text: "a\nb" });
    expect(set).toEqual(["constructor", "B", "__proto__", "n", "text", "nothing"]);
  });

  it("replaces what is set, when told so", async () => {
    const environment: Record<string, string | undefined> = { A: "ambient" };
    await loadEnv(at("one.env"), { host, environment, override: true });
    expect(environment["A"]).toBe("one");
  });

  it("sets nothing where any file fails", async () => {
    const environment: Record<string, string | undefined> = {};
    await expect(loadEnv([at("one.env"), at("deep.json")], { host, environment })).rejects.toThrow();
    expect(environment).toEqual({});
  });

  it("sets the environment of the process by default", async () => {
    const before = { ...process.env };
    try {
      await loadEnv(at("two.json"), { host });
      expect(process.env["text"]).toBe("a\nb");
    } finally {
      for (const name of Object.keys(process.env))
        if (!(name in before)) Reflect.deleteProperty(process.env, name);
    }
  });
});
