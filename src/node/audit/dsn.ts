import { SopsError } from "../../core/base/errors.ts";

/** The settings of a connection string, by their names. Of two with one name the later counts. */
export type Settings = ReadonlyMap<string, string>;

/**
 * Reads a connection string as the Go client of SOPS does: `postgres://user:password@host:port/name?setting=value`, or
 * `setting=value setting='value with spaces'`. Throws BAD_CONFIG, without any part of the text: it holds a password.
 */
export function parseDsn(text: string): Settings {
  return /^postgres(?:ql)?:\/\//.test(text) ? fromUrl(text) : fromPairs(text);
}

const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

function fromUrl(text: string): Settings {
  const parts = URL_PARTS.exec(text);
  if (parts === null) throw noUrl();
  const [, login, authority = "", name = "", query = ""] = parts;
  const [user, password] = splitOnce(login ?? "", ":");
  const places = authority.split(",").map(placeOf);
  const pairs: [string, string | undefined][] = [
    ["user", user],
    ["password", password],
    ["host", places.map(([host]) => host).join(",")],
    ["port", places.every(([, port]) => port === "") ? "" : places.map(([, port]) => port).join(",")],
    ["dbname", name],
  ];
  const given = pairs.flatMap(([key, value]) => (value ? [[key, decode(value)] as const] : []));
  return new Map([...given, ...new URLSearchParams(query)]);
}

/** Host and port; brackets around an IPv6 address are left out. */
function placeOf(text: string): readonly [host: string, port: string] {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text);
  if (parts === null) throw noUrl();
  const [, host = "", port = ""] = parts;
  return [host.replace(/^\[|\]$/g, ""), port];
}

const noUrl = (): SopsError => badDsn("is no URL", "write %40 for @, %2F for / and %23 for # in a password");

function splitOnce(text: string, at: string): [string, string | undefined] {
  const i = text.indexOf(at);
  return i < 0 ? [text, undefined] : [text.slice(0, i), text.slice(i + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badDsn("has a % that is no escape", "write %25 for %");
  }
}

/** A name, `=`, and a value: bare up to a space, or in quotes; a backslash takes the next character as it is. */
const PAIR = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\']|\\.)(?:[^\s\\]|\\.)*)?)/suy;

function fromPairs(text: string): Settings {
  const settings = new Map<string, string>();
  for (let at = 0; text.slice(at).trim() !== "";) {
    PAIR.lastIndex = at;
    const found = PAIR.exec(text);
    if (found === null) throw badDsn("is not understood", "write host=... user=... dbname=..., or a URL");
    const [, key = "", quoted, bare = ""] = found;
    settings.set(key, (quoted ?? bare).replace(/\\(.)/gsu, "$1"));
    at = PAIR.lastIndex;
  }
  return settings;
}

export function badDsn(why: string, hint: string): SopsError {
  return new SopsError("BAD_CONFIG", `the connection_string of the audit ${why}`, { hint });
}
