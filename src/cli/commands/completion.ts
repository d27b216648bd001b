import { SopsError } from "../../core/base/errors.ts";
import { closest } from "../../core/base/suggest.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { SHELLS } from "../completion/names.ts";
import type { Io } from "../io.ts";

export const command: CommandModule = {
  operands: SHELLS.join(" | "),
  options: [],
  notes:
    "completes commands, flags, types, files, and the key paths of encrypted files (no key is needed to read them)",
  examples: [
    ["source <(enc completion bash)", "in ~/.bashrc"],
    ["source <(enc completion zsh)", "in ~/.zshrc, after compinit"],
    ["enc completion fish > ~/.config/fish/completions/enc.fish", "once"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const [word = "", ...more] = args.positionals;
  const shell = SHELLS.find((name) => name === word);
  if (shell === undefined) throw unknownShell(word);
  if (more.length > 0)
    throw new SopsError("USAGE", "only one shell can be named", {
      hint: "run the command once for each shell",
    });
  const { scriptFor } = await import("../completion/scripts.ts");
  io.writeOut(scriptFor(shell));
  return 0;
}

function unknownShell(word: string): SopsError {
  const near = closest(word, SHELLS);
  const message = word === "" ? "no shell is named" : `there is no completion for ${word}`;
  return new SopsError("USAGE", message, {
    hint: near === undefined ? `one of ${SHELLS.join(", ")}` : `did you mean ${near}?`,
  });
}
