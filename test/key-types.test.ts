import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFAULT_DECRYPTION_ORDER, KEY_TYPES, KEY_TYPES_AS_NAMED } from "../src/key-types/index.ts";

const PROVIDERS = fileURLToPath(new URL("../src/providers", import.meta.url));
const TESTS = fileURLToPath(new URL("providers", import.meta.url));

const folders = readdirSync(PROVIDERS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe("the list of key types", () => {
  it("has each provider's folder, and each of them has a record and a door", () => {
    expect(KEY_TYPES.map(({ folder }) => folder).sort()).toEqual(folders.sort());
    const rooms = folders.flatMap((folder) => ["key-type.ts", "index.ts"].map((room) => join(folder, room)));
    expect(rooms.filter((room) => !existsSync(join(PROVIDERS, room)))).toEqual([]);
  });

  it("has each type in the conformance suite of providers", () => {
    const suites = readdirSync(TESTS, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith("conformance.test.ts"))
      .map((file) => readFileSync(join(TESTS, file), "utf8"));
    const tested = (folder: string): boolean =>
      suites.some((suite) => suite.includes(`providers/${folder}/index.ts`));
    expect(folders.filter((folder) => !tested(folder))).toEqual([]);
  });

  it("begins with the orders of sops", () => {
    const [file, named] = [KEY_TYPES, KEY_TYPES_AS_NAMED].map((list) => list.map(({ type }) => type));
    expect(file?.slice(0, 7)).toEqual(["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp", "age"]);
    expect(named?.slice(0, 7)).toEqual(["age", "pgp", "kms", "gcp_kms", "hckms", "azure_kv", "hc_vault"]);
    expect(DEFAULT_DECRYPTION_ORDER).toEqual(["age", "pgp"]);
  });
});
