import type { CommandModule } from "./command.ts";

export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

/** Every command, in the order of the help. A command is loaded when it is run. */
export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>([
  ["encrypt", { summary: "encrypt the values of a file", load: () => import("./commands/encrypt.ts") }],
  ["decrypt", { summary: "decrypt a file, or one value of it", load: () => import("./commands/decrypt.ts") }],
  [
    "edit",
    { summary: "open the plain text of a file in an editor", load: () => import("./commands/edit.ts") },
  ],
  ["set", { summary: "set one value in an encrypted file", load: () => import("./commands/set.ts") }],
  [
    "unset",
    { summary: "remove one value from an encrypted file", load: () => import("./commands/unset.ts") },
  ],
  [
    "rotate",
    { summary: "make a new data key, add or remove keys", load: () => import("./commands/rotate.ts") },
  ],
  [
    "groups add",
    { summary: "add a group of keys to a file", load: () => import("./commands/groups-add.ts") },
  ],
  [
    "groups delete",
    { summary: "delete a group of keys from a file", load: () => import("./commands/groups-delete.ts") },
  ],
  [
    "updatekeys",
    {
      summary: "bring the keys of files in line with the creation rules",
      load: () => import("./commands/updatekeys.ts"),
    },
  ],
  [
    "exec-env",
    { summary: "run a command with the values as environment", load: () => import("./commands/exec-env.ts") },
  ],
  [
    "exec-file",
    { summary: "run a command with the plain text as a file", load: () => import("./commands/exec-file.ts") },
  ],
  [
    "filestatus",
    { summary: "say whether a file is encrypted", load: () => import("./commands/filestatus.ts") },
  ],
  [
    "publish",
    { summary: "copy a file to where its config says", load: () => import("./commands/publish.ts") },
  ],
  ["keygen", { summary: "make an age key for yourself", load: () => import("./commands/keygen.ts") }],
  [
    "keyservice",
    { summary: "lend the keys of this machine to others", load: () => import("./commands/keyservice.ts") },
  ],
  ["textconv", { summary: "show a file for git diff", load: () => import("./commands/textconv.ts") }],
  [
    "completion",
    { summary: "print completions for bash, zsh or fish", load: () => import("./commands/completion.ts") },
  ],
]);
