import type { Random } from "./random.ts";
import { name, TRAP_STRINGS, word } from "./words.ts";

/** A .env text in SOPS' line dialect: comments, blank lines, quotes that are data, CR at line ends, duplicates. */
export function dotenvDocument(r: Random): string {
  const end = r.chance(0.1) ? "\r\n" : "\n";
  const lines = [assignment(r), ...r.times(0, 10, () => line(r, end))];
  return lines.join(end) + (r.chance(0.85) ? end : "");
}

function line(r: Random, end: string): string {
  if (r.chance(0.15)) return end === "\n" ? "" : assignment(r);
  if (r.chance(0.15)) return "#" + r.pick(["", " note", " x=1", "#", " ünï", "tight"]);
  return assignment(r);
}

function assignment(r: Random): string {
  const key = r.chance(0.1)
    ? r.pick(["export X", " lead", "a ", "A.B", "Ä", "x_unencrypted", "A:B"])
    : name(r).toUpperCase();
  return `${key}=${value(r)}`;
}

function value(r: Random): string {
  if (r.chance(0.3)) return word(r);
  if (r.chance(0.1))
    return r.pick(['"quoted"', "'single'", "a\\nb", "a#b", "a # b", "x=y", "  pad  ", '"a\\nb"', "C:\\new"]);
  return r.pick(TRAP_STRINGS).replace(/[\n\r]/g, " ");
}
