import { describe, expect, it } from "vitest";
import { FORMAT_NAMES } from "../../src/core/model/format.ts";
import { formatForPath, loadFormat } from "../../src/formats/index.ts";

describe("formats", () => {
  it.each(FORMAT_NAMES)("loads %s under its own name", async (name) => {
    expect((await loadFormat(name)).name).toBe(name);
  });

  it.each([
    ["a/b.yaml", "yaml"],
    ["b.yml", "yaml"],
    ["b.json", "json"],
    ["prod.env", "dotenv"],
    [".env", "dotenv"],
    ["b.ini", "ini"],
    ["b.txt", "binary"],
    ["b", "binary"],
    ["", "binary"],
    ["b.YAML", "binary"],
    [".env.local", "binary"],
    ["yaml", "binary"],
  ])("takes %s as %s", (path, name) => {
    expect(formatForPath(path)).toBe(name);
  });
});
