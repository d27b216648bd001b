import type { Random } from "./random.ts";
import { anyString, name, word } from "./words.ts";

const PLAIN: readonly [string, ...string[]] = [
  "x",
  "hello world",
  "1",
  "-7",
  "1.0",
  "1.10",
  "0x1F",
  "017",
  "0o17",
  "08",
  "1_000",
  "0b11",
  "1e3",
  "1e-7",
  "1.234567e+06",
  "100000.0",
  "12345678.9",
  "true",
  "False",
  "null",
  "~",
  "yes",
  "no",
  "on",
  "y",
  ".inf",
  "-.inf",
  ".nan",
  "2024-01-01",
  "2024-01-01T10:00:00Z",
  "2006-01-02T15:04:05+07:06",
  "2024-01-01 10:00:00.5",
  "9223372036854775807",
  "1e400",
  "a:b",
  "a#b",
  "-x",
  "http://u:p@h/?a=1&b=2",
  "über",
  "日本語",
  "C:\\dir",
  "it's",
  "1:20",
  "!!str 5",
  "!custom foo",
];

/** A YAML text rich in styles, comments, flow, anchors, merge keys, dates and numbers. */
export function yamlDocument(r: Random): string {
  const text = r.chance(0.12) ? [body(r), body(r)].join("---\n") : body(r);
  const started = r.chance(0.1) ? "---\n" + text : text;
  if (r.chance(0.08)) return started.replace(/\n/g, "\r\n");
  return r.chance(0.1) ? started.replace(/\n$/, "") : started;
}

function body(r: Random): string {
  const anchors: string[] = [];
  return comment(r, "") + map(r, "", 0, anchors, 5) + (r.chance(0.15) ? "# end\n" : "");
}

function map(r: Random, pad: string, depth: number, anchors: string[], most: number): string {
  const used = new Set<string>();
  return r.times(1, most, () => entry(r, pad, depth, anchors, used)).join("");
}

function entry(r: Random, pad: string, depth: number, anchors: string[], used: Set<string>): string {
  const key = r.chance(0.06)
    ? r.pick(['"q k"', "'s'", "a_unencrypted", "with space", "__proto__", '"y"', '"1"', "x:y"])
    : name(r);
  if (used.has(key)) return "";
  used.add(key);
  return comment(r, pad) + `${pad}${key}:${value(r, pad, depth, anchors)}`;
}

function value(r: Random, pad: string, depth: number, anchors: string[]): string {
  const kind = r.int(depth > 2 ? 8 : 12);
  if (kind < 7) return ` ${scalar(r, anchors)}${inline(r)}\n`;
  if (kind === 7) return block(r, pad + "  ");
  if (kind === 8) return ` ${flow(r, 0)}\n`;
  const inner = pad + r.pick(["  ", "    "]);
  if (kind === 9)
    return `${inline(r)}\n${sequence(r, r.chance(0.3) && pad !== "" ? pad : inner, depth + 1, anchors)}`;
  return `${inline(r)}\n${map(r, inner, depth + 1, anchors, 4)}`;
}

function sequence(r: Random, pad: string, depth: number, anchors: string[]): string {
  return r
    .times(1, 4, () => {
      const head = comment(r, pad);
      if (depth < 3 && r.chance(0.2))
        return `${head}${pad}- ${map(r, pad + "  ", depth + 1, anchors, 3)
          .trimStart()
          .replace(/^#.*\n\s*/, "")}`;
      return `${head}${pad}- ${scalar(r, anchors)}${inline(r)}\n`;
    })
    .join("");
}

function scalar(r: Random, anchors: string[]): string {
  if (r.chance(0.04)) {
    const anchor = `n${String(anchors.length)}${word(r).replace(/[^a-z]/g, "")}`;
    anchors.push(anchor);
    return `&${anchor} ${word(r)}`;
  }
  const known = anchors[0];
  if (known !== undefined && r.chance(0.15)) return `*${known}`;
  if (r.chance(0.35)) return r.pick(PLAIN);
  const text = anyString(r).replace(/[\n\r]/g, " ");
  if (r.chance(0.5))
    return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u007f", "\\x7f");
  return /[\t\u2028\u007f]/.test(text) ? word(r) : `'${text.replaceAll("'", "''")}'`;
}

function flow(r: Random, depth: number): string {
  if (depth > 1 || r.chance(0.4))
    return r.pick(["1", '"q"', "'s'", "plain", "null", "1.5", "true", "2024-01-01"]);
  if (r.chance(0.5)) return `[${r.times(0, 3, () => flow(r, depth + 1)).join(", ")}]`;
  return `{${r.times(0, 3, (i) => `k${String(i)}: ${flow(r, depth + 1)}`).join(", ")}}`;
}

function block(r: Random, pad: string): string {
  const lines = r.times(1, 3, () =>
    r.chance(0.15) ? "" : pad + word(r) + r.pick(["", " x", " # y", ": z"]),
  );
  const first = pad + word(r);
  return ` ${r.pick(["|", "|-", "|+", ">", ">-"])}\n${[first, ...lines].join("\n")}\n`;
}

function comment(r: Random, pad: string): string {
  if (r.chance(0.86)) return r.chance(0.06) ? "\n" : "";
  return (
    r.times(1, 2, () => `${pad}#${r.pick([" note", " x: 1", "tight", " ünï"])}\n`).join("") +
    (r.chance(0.15) ? "\n" : "")
  );
}

function inline(r: Random): string {
  return r.chance(0.93) ? "" : r.pick([" # in", "  # two"]);
}
