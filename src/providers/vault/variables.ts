import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

/** The text of a variable; one that is set to nothing is not set, as in HashiCorp's client. */
export function textVariable(name: string, host: Host): string | undefined {
  const text = host.env(name);
  return text === "" ? undefined : text;
}

/** The words of Go's `strconv.ParseBool`. Throws BAD_CONFIG for any other: `no` must not come to mean yes. */
export function booleanVariable(name: string, host: Host): boolean {
  const text = textVariable(name, host);
  if (text === undefined || /^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  throw badVariable(name, "is not a boolean", "write true or false");
}

/** Throws BAD_CONFIG for what is not a whole number of 32 bits. */
export function countVariable(name: string, host: Host, absent: number): number {
  const text = textVariable(name, host);
  if (text === undefined) return absent;
  if (/^\d+$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw badVariable(name, "is not a whole number", "write a number such as 2");
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds of a duration as HashiCorp's client reads it: `90` (seconds), `1d`, `1m30s`, `1.5h`, `250ms`; a minus
 * sign before it allowed. Undefined where it is not set or zero. Throws BAD_CONFIG.
 */
export function durationVariable(name: string, host: Host): number | undefined {
  const text = textVariable(name, host);
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration === null)
    throw badVariable(name, "is not a duration", "write seconds, or a duration such as 90s");
  return duration === 0 ? undefined : duration;
}

function parseDuration(text: string): number | null {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  const factor = sign === "-" ? -1 : 1;
  if (/^\d+$/.test(rest)) return factor * Number(rest) * 1000;
  if (/^\d+d$/.test(rest)) return factor * Number(rest.slice(0, -1)) * 86_400_000;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return null;
  const parts = [...rest.matchAll(/([\d.]+)([a-zµμ]+)/g)];
  return (
    factor * parts.reduce((sum, [, count = "", unit = ""]) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0)
  );
}

/** `hint`: what to write. The value itself is not shown: it may be a secret that was put into the wrong variable. */
export function badVariable(name: string, why: string, hint: string): SopsError {
  return new SopsError("BAD_CONFIG", `the variable ${name} ${why}`, { hint });
}
