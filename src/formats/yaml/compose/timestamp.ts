const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})/;
const ZONED = /^[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|([+-])(\d\d):(\d\d))$/;
const LOCAL = /^ +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?$/;

const two = (n: number): string => String(n).padStart(2, "0");

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/**
 * A YAML timestamp as go-yaml takes it (format.md 6.1), written as RFC 3339 with nanoseconds, trailing zeros cut,
 * `Z` for offset 0. Null: the text is not one, and so is a string.
 */
export function parseTimestamp(text: string): string | null {
  const date = DATE.exec(text);
  if (date === null) return null;
  const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const written = `${date[1] ?? ""}-${two(month)}-${two(day)}`;
  const rest = text.slice(date[0].length);
  if (rest === "") return `${written}T00:00:00Z`;
  const time = ZONED.exec(rest) ?? LOCAL.exec(rest);
  const clock = time === null ? null : clockText(time);
  return clock === null ? null : `${written}T${clock}${zoneText(time)}`;
}

function clockText(time: RegExpExecArray): string | null {
  const [hour, minute, second] = [Number(time[1]), Number(time[2]), Number(time[3])];
  if (hour > 23 || minute > 59 || second > 59 || zoneText(time) === null) return null;
  const fraction = (time[4] ?? "").slice(0, 9).replace(/0+$/, "");
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction === "" ? "" : `.${fraction}`}`;
}

function zoneText(time: RegExpExecArray | null): string | null {
  const sign = time?.[6];
  if (time === null || sign === undefined) return "Z";
  const [hours, minutes] = [time[7] ?? "", time[8] ?? ""];
  if (Number(hours) > 24 || Number(minutes) > 60) return null;
  return Number(hours) + Number(minutes) === 0 ? "Z" : `${sign}${hours}:${minutes}`;
}
