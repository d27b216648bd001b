import { Command, CommanderError, Option } from "commander";
import { SopsError } from "../core/base/errors.ts";
import type { CommandModule } from "./command.ts";
import { headOf } from "./head-of.ts";
import { HelpShown } from "./help-shown.ts";
import type { Io } from "./io.ts";
import { EVERYWHERE, keyOf, type OptionSpec } from "./options.ts";
import type { Words } from "./words.ts";

/** What commander makes of the words of a command, as `normalize` left them. Throws USAGE, or HelpShown after printing the help. */
export function askCommander(
  name: string,
  summary: string,
  module: CommandModule,
  specs: readonly OptionSpec[],
  words: readonly string[],
  io: Io,
): Words {
  const command = build(name, summary, module, specs, io);
  try {
    command.parse([...words], { from: "user" });
  } catch (error) {
    throw asUsage(error, name, specs);
  }
  const answered = command.opts<Record<string, readonly string[] | undefined>>();
  const flags = new Map<string, readonly string[]>();
  for (const { long } of specs) {
    const values = answered[keyOf(long)];
    if (values !== undefined) flags.set(long, values);
  }
  return { flags, operands: command.args };
}

function build(
  name: string,
  summary: string,
  module: CommandModule,
  specs: readonly OptionSpec[],
  io: Io,
): Command {
  const command = new Command(`enc ${name}`)
    .description(summary)
    .usage(`[flags] ${module.operands}`.trimEnd())
    .addHelpOption(new Option("-h, --help", "show this help").helpGroup(EVERYWHERE))
    .allowExcessArguments(true)
    .argument("[operands...]")
    .configureHelp({ styleTitle: (title) => title.toLowerCase(), visibleArguments: () => [] })
    .configureOutput({
      writeOut: (text) => {
        io.writeOut(text);
      },
      writeErr: () => undefined,
    })
    .exitOverride();
  for (const spec of specs) command.addOption(optionOf(spec));
  return command.addHelpText("after", afterHelp(name, module));
}

function optionOf(spec: OptionSpec): Option {
  const { about, env, hidden = false, group = "flags:" } = spec;
  const text = env === undefined ? about : `${about} [$${env}]`;
  const option = new Option(headOf(spec), text).hideHelp(hidden).helpGroup(group);
  // `--no-fifo` is the name that sops gave a switch, not the reverse of one.
  option.negate = false;
  if (!option.required) return option.preset("").argParser(() => [""]);
  return option.argParser((word: string, before: readonly string[] | undefined) => [...(before ?? []), word]);
}

function afterHelp(name: string, module: CommandModule): string {
  const examples = module.examples.map(([line, what]) => `  # ${what}\n  ${line}`).join("\n\n");
  const notes = module.notes === undefined ? "" : `\n${module.notes}\n`;
  return `${notes}\n${name === "" ? "" : "examples:\n"}${examples}`;
}

/** `error: unknown option '--agee'\n(Did you mean --age?)`, in our voice. */
function asUsage(error: unknown, name: string, specs: readonly OptionSpec[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.exitCode === 0) return new HelpShown();
  // A switch with a value that is no truth value is unknown to commander.
  const long = /unknown option '--([^=']+)=/.exec(error.message)?.[1];
  if (specs.some((spec) => spec.long === long))
    return new SopsError("USAGE", `--${long ?? ""} needs true or false`, {
      hint: `for example --${long ?? ""}=false`,
    });
  const [first = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const wanted = /Did you mean (?:one of )?([^?]*)\?/.exec(suggestion ?? "")?.[1];
  // What looks like no flag of set may be the value, and that a secret: it is not shown.
  if (name === "set" && wanted === undefined && first.startsWith("unknown option"))
    return new SopsError("USAGE", "an unknown flag, or a value that begins with -", {
      hint: "put -- before the value; enc set --help lists the flags",
    });
  const help = name.startsWith("exec-")
    ? `put -- before a command with arguments: enc ${name} app.env -- npm start`
    : `enc ${name} --help lists the flags`;
  const message = first.replace(/unknown option '(-[^=']*)[^']*'/, "unknown flag $1");
  return new SopsError("USAGE", message.replace(/^option/, "flag"), {
    hint: wanted === undefined ? help : `did you mean ${wanted}? ${help}`,
  });
}
