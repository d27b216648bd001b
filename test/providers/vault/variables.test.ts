import { describe, expect, test } from "vitest";
import { booleanVariable, countVariable, durationVariable } from "../../../src/providers/vault/variables.ts";
import { fakeHost } from "../../support/fake-host.ts";

const with_ = (text: string): ReturnType<typeof fakeHost> => fakeHost({ env: { V: text } });
const bad = expect.objectContaining({ code: "BAD_CONFIG" }) as Error;

/** Expected values by Go: `parseutil.ParseDurationSecond`, `strconv.ParseBool`, `strconv.ParseUint`. */
describe("variables as HashiCorp's client reads them", () => {
  test.each([
    ["90", 90_000],
    ["-1", -1000],
    ["2d", 172_800_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["250ms", 250],
    ["-10s", -10_000],
    ["1h2m3s4ms", 3_723_004],
    ["1500us", 1.5],
    ["1500µs", 1.5],
  ])("duration %s is %d ms", (text, expected) => {
    expect(durationVariable("V", with_(text))).toBeCloseTo(expected, 6);
  });

  test.each(["0", "0s", ""])("duration %j is the default", (text) => {
    expect(durationVariable("V", with_(text))).toBeUndefined();
  });

  test.each(["90x", "s", "1 s", "1m 30s", "abc", "1.5", "-", "1.5d"])("duration %j is refused", (text) => {
    expect(() => durationVariable("V", with_(text))).toThrow(bad);
  });

  test("booleans", () => {
    const words = ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False", ""];
    expect(words.filter((word) => booleanVariable("V", with_(word)))).toEqual(words.slice(0, 6));
    for (const word of ["yes", "no", "on", "tRUE", " true"])
      expect(() => booleanVariable("V", with_(word)), word).toThrow(bad);
  });

  test("counts", () => {
    expect(countVariable("V", fakeHost(), 2)).toBe(2);
    expect(countVariable("V", with_("0"), 2)).toBe(0);
    expect(countVariable("V", with_("4294967295"), 2)).toBe(4_294_967_295);
    for (const text of ["-1", "4294967296", "1.5", "x", " 1"])
      expect(() => countVariable("V", with_(text), 2), text).toThrow(bad);
  });

  test("a value is not repeated: it may be a secret in the wrong place", () => {
    expect(() => countVariable("V", with_("s.token"), 2)).toThrow(/^(?!.*s\.token)/);
  });
});
