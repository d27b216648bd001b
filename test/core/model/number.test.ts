import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloatF, formatFloatG, plaintextText, valToString } from "../../../src/core/model/number.ts";

const float = (value: number) => ({ kind: "float", value }) as const;

describe("floats as Go prints them", () => {
  // Value, 'f' (plaintext and MAC), 'g' (YAML), and the text of dotenv, INI and the environment: format.md 2.2 and 6.3.
  it.each([
    [1, "1", "1", "1.0"],
    [100000, "100000", "100000", "100000.0"],
    [999999, "999999", "999999", "999999.0"],
    [1e6, "1000000", "1e+06", "1E+06"],
    [1234567, "1234567", "1.234567e+06", "1.234567E+06"],
    [12345678.9, "12345678.9", "1.23456789e+07", "1.23456789E+07"],
    [123456.7, "123456.7", "123456.7", "123456.7"],
    [1e20, "100000000000000000000", "1e+20", "1E+20"],
    [1e21, "1000000000000000000000", "1e+21", "1E+21"],
    [0.0001, "0.0001", "0.0001", "0.0001"],
    [1e-5, "0.00001", "1e-05", "1E-05"],
    [1e-7, "0.0000001", "1e-07", "1E-07"],
    [0, "0", "0", "0.0"],
    [-0, "-0", "-0", "-0.0"],
    [-1.5, "-1.5", "-1.5", "-1.5"],
    [200000, "200000", "200000", "200000.0"],
    [-2e10, "-20000000000", "-2e+10", "-2E+10"],
    [1.2345e100, `12345${"0".repeat(96)}`, "1.2345e+100", "1.2345E+100"],
    [1.2345e-100, `0.${"0".repeat(99)}12345`, "1.2345e-100", "1.2345E-100"],
    [Infinity, "+Inf", "+Inf", "+Inf"],
    [-Infinity, "-Inf", "-Inf", "-Inf"],
    [NaN, "NaN", "NaN", "NaN"],
  ])("%d", (value, f, g, text) => {
    expect(formatFloatF(value)).toBe(f);
    expect(formatFloatG(value)).toBe(g);
    expect(valToString(float(value))).toBe(text);
  });

  it("both forms read back as the same number, 'f' without an exponent", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(formatFloatF(value)), value)).toBe(true);
        expect(Object.is(Number(formatFloatG(value)), value)).toBe(true);
        expect(formatFloatF(value)).toMatch(/^-?\d+(\.\d+)?$/);
      }),
    );
  });
});

describe("other scalars as text", () => {
  it.each([
    [{ kind: "int", value: -9223372036854775808n } as const, "-9223372036854775808", "-9223372036854775808"],
    [{ kind: "bool", value: true } as const, "true", "True"],
    [{ kind: "bool", value: false } as const, "false", "False"],
    [{ kind: "str", value: " x " } as const, " x ", " x "],
    [
      { kind: "time", value: "2006-01-02T15:04:05.12+07:06" } as const,
      "2006-01-02T15:04:05+07:06",
      "2006-01-02T15:04:05.12+07:06",
    ],
  ])("%o", (value, text, plaintext) => {
    expect(valToString(value)).toBe(text);
    expect(plaintextText(value)).toBe(plaintext);
  });

  it("null is what Go prints for nil, and bytes keep their bytes", () => {
    expect(valToString(null)).toBe("<nil>");
    expect(valToString({ kind: "bytes", value: Uint8Array.of(0x61, 0xff) })).toBe("a\u00ff");
  });
});
