const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Digits of a fraction of a second that a time keeps: nanoseconds. */
const FRACTION_DIGITS = 9;

/**
 * An RFC 3339 time as Go prints it: nanoseconds with trailing zeros cut, the offset kept, `Z` for offset zero
 * (format.md 2.2). Null where the text is no valid time.
 */
export function normaliseTime(text: string): string | null {
  const parts = RFC3339.exec(text);
  if (parts === null) return null;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", zone = ""] =
    parts;
  if (!isDate(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || !isZone(zone)) return null;
  const digits = fraction.slice(0, FRACTION_DIGITS).replace(/0+$/, "");
  const tail = (digits === "" ? "" : `.${digits}`) + (/^[+-]00:00$/.test(zone) ? "Z" : zone);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${tail}`;
}

/** The same without the fraction: how a last-modified time stands in the MAC's AAD (format.md 3, rule 5). */
export function normaliseSeconds(text: string): string | null {
  return normaliseTime(text)?.replace(/\.\d+/, "") ?? null;
}

/** A moment as SOPS writes it: UTC, whole seconds. */
export function formatSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function isDate(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + leap;
}

function isZone(zone: string): boolean {
  return zone === "Z" || (Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4)) < 60);
}
