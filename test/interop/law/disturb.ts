import { utf8 } from "../../../src/core/base/bytes.ts";
import type { Random } from "../../support/generate/random.ts";
import type { Versions } from "./versions.ts";
import type { LawFormat } from "./world.ts";

/** What comes out where planted syntax was let through. */
export const PLANTED = /!planted|&planted|\*planted|%TAG ! tag:planted/;

export interface Disturbed {
  readonly text: Uint8Array;
  readonly what: string;
}

type Disturbance = (name: LawFormat, versions: Versions, r: Random) => string;

const FIELDS: readonly [string, ...string[]] = [
  "enc_presentation",
  "enc_presentation",
  "enc_presentation",
  "mac",
  "lastmodified",
  "version",
  "unencrypted_suffix",
];

const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  nothing: (_, { ours }) => ours,
  "a field of another version": (name, { base, ours, theirs }, r) =>
    transplanted(name, r.pick([base, theirs]), ours, r.pick(FIELDS)),
  "fields of another version": (name, { base, ours }) =>
    ["mac", "lastmodified", "enc_presentation"].reduce(
      (text, field) => transplanted(name, base, text, field),
      ours,
    ),
  "no layout field": (name, { ours }) => ours.replace(fieldPattern(name, "enc_presentation"), ""),
  "planted syntax": (name, { ours }, r) => planted(name, ours, r),
  "a moved ciphertext": (_, { ours }, r) => moved(ours, r),
  "a ciphertext in a comment": (name, { ours }, r) => inComment(name, ours, r),
  "a merge": (_, versions, r) => merged(versions, r),
  "other line ends": (_, { ours }) => ours.replace(/\r?\n/g, "\r\n"),
  "a blank line": (_, { ours }, r) => inserted(ours, "", r),
  "a line less": (_, { ours }, r) => {
    const lines = ours.split("\n");
    lines.splice(r.int(lines.length), 1);
    return lines.join("\n");
  },
};

/** One of three versions of a file, with something done to it that people, git or an attacker do. */
export function disturb(name: LawFormat, versions: Versions, r: Random): Disturbed {
  const [first = "nothing", ...others] = Object.keys(DISTURBANCES);
  const what = r.pick([first, ...others]);
  const text = DISTURBANCES[what]?.(name, versions, r) ?? versions.ours;
  return { text: utf8(text), what };
}

/** The whole field, with its comma or line end. */
function fieldPattern(name: LawFormat, field: string): RegExp {
  if (name === "json") return new RegExp(`"${field}"\\s*:\\s*"(?:[^"\\\\]|\\\\.)*"\\s*,\\s*`);
  if (name === "dotenv") return new RegExp(`^sops_${field}=.*\\n`, "m");
  return name === "ini" ? new RegExp(`^${field}\\s*=.*\\n`, "m") : new RegExp(`^ *${field}:.*\\n`, "m");
}

/** `to` with the field as it stands in `from`; one that is new comes before the date. */
function transplanted(name: LawFormat, from: string, to: string, field: string): string {
  const pattern = fieldPattern(name, field);
  const found = pattern.exec(from)?.[0];
  if (found === undefined) return to;
  if (pattern.test(to)) return to.replace(pattern, () => found);
  return to.replace(fieldPattern(name, "lastmodified"), (date) => found + date);
}

function planted(name: LawFormat, text: string, r: Random): string {
  if (name !== "yaml") return inserted(text, r.pick(["# planted", "; planted"]), r);
  const kind = r.int(5);
  if (kind === 0) return `%TAG ! tag:planted,2000:\n---\n${text}`;
  if (kind === 1) return inserted(text, "  # a comment more", r);
  const property = r.pick(["!planted ", "&planted ", "!!planted/object ", "!!str ", "!<!planted> "]);
  return atSome(text, /(?<=: |- )(?=["']?ENC\[)/g, property, r);
}

function atSome(text: string, places: RegExp, made: string, r: Random): string {
  const found = [...text.matchAll(places)].map((match) => match.index);
  const at = found[r.int(found.length)];
  return at === undefined ? text : text.slice(0, at) + made + text.slice(at);
}

const CIPHERTEXT = /ENC\[AES256_GCM[^\]]*\]/g;

function moved(text: string, r: Random): string {
  const found = [...text.matchAll(CIPHERTEXT)];
  const [from, to] = [found[r.int(found.length)], found[r.int(found.length)]];
  if (from === undefined || to === undefined) return text;
  return text.slice(0, to.index) + from[0] + text.slice(to.index + to[0].length);
}

function inComment(name: LawFormat, text: string, r: Random): string {
  const found = [...text.matchAll(CIPHERTEXT)];
  const some = found[r.int(found.length)]?.[0] ?? "";
  return inserted(text, `${name === "yaml" ? " ".repeat(2 * r.int(3)) : ""}#${some}`, r);
}

function inserted(text: string, line: string, r: Random): string {
  const lines = text.split("\n");
  lines.splice(r.int(lines.length), 0, line);
  return lines.join("\n");
}

/** Lines of both sides: where the texts are of one length, by what each changed; else the head of one, the tail of the other. */
function merged({ base, ours, theirs }: Versions, r: Random): string {
  const [a, b, c] = [base, ours, theirs].map((text) => text.split("\n")) as [string[], string[], string[]];
  if (a.length === b.length && b.length === c.length)
    return a.map((line, i) => (b[i] === line ? (c[i] ?? line) : (b[i] ?? line))).join("\n");
  const at = r.int(Math.min(b.length, c.length));
  return [...b.slice(0, at), ...c.slice(at)].join("\n");
}
