import { expect, it } from "vitest";
import { raiseVersion } from "../../../src/core/base/version.ts";

it.each([
  ["3.7.1", "3.13.3"],
  ["3.13.3", "3.13.3"],
  ["3.14.0", "3.14.0"],
  ["4.0.0", "4.0.0"],
  ["1.18", "3.13.3"],
  ["v3.2.0", "3.13.3"],
  ["3.13.3-rc1", "3.13.3-rc1"],
])("a file of version %s is saved as %s", (file, saved) => {
  expect(raiseVersion(file, "3.13.3")).toBe(saved);
});

it.each(["", "enc-1.0", "3", "3.x"])("refuses %j", (version) => {
  expect(() => raiseVersion(version, "3.13.3")).toThrow(expect.objectContaining({ code: "BAD_VERSION" }));
});
