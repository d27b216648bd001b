import type { Io } from "./io.ts";
import { GLOBAL_OPTIONS } from "./options.ts";
import { headOf } from "./head-of.ts";
import { COMMANDS } from "./registry.ts";

/** The help without a command. */
export function overview(io: Io): number {
  io.writeOut(`usage: enc <command> [flags] [file]

Encrypts the values of YAML, JSON, .env, INI and binary files, compatible with SOPS.

commands:
${table([...COMMANDS].map(([name, { summary }]) => [name, summary]))}

flags of every command:
${table(GLOBAL_OPTIONS.filter(({ hidden }) => hidden !== true).map((spec) => [headOf(spec), spec.about]))}

start here:
  enc keygen
  enc encrypt --age <recipient> -i secrets.yaml
  enc edit secrets.yaml

as in sops, without a command:
  enc secrets.yaml                      edit
  enc -d secrets.yaml                   decrypt; -e encrypts, -r rotates, -i works in place
  enc --set '["a"]["b"] "value"' secrets.yaml
A file named like a command needs ./ in front of it.

enc <command> --help shows the flags of a command and examples
`);
  return 0;
}

/** The help of a word that several commands start with: `groups`. */
export function familyOverview(word: string, io: Io): number {
  const members = [...COMMANDS].filter(([name]) => name.startsWith(`${word} `));
  io.writeOut(`usage: enc ${word} <command> [flags]

commands:
${table(members.map(([name, { summary }]) => [name, summary]))}

enc ${word} <command> --help shows the flags of a command and examples
`);
  return 0;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([head]) => head.length));
  return rows.map(([head, text]) => `  ${head.padEnd(width)}  ${text}`).join("\n");
}
