/** The man page, from the tables that `--help` is made of. The build runs this; enc itself does not load it. */
import type { CommandModule } from "../command.ts";
import { GLOBAL_OPTIONS, type OptionSpec } from "../options.ts";
import { headOf } from "../head-of.ts";
import { COMMANDS } from "../registry.ts";
import { VERSION } from "../version.ts";
import { bold, item, paragraph, section, subsection, text, verbatim } from "./roff.ts";
import { ENVIRONMENT, EXIT_STATUS, FILES } from "./tables.ts";

interface Loaded {
  readonly name: string;
  readonly summary: string;
  readonly module: CommandModule;
}

/** enc(1) in roff. */
export async function manPage(): Promise<string> {
  const commands = await Promise.all(
    [...COMMANDS].map(async ([name, { summary, load }]): Promise<Loaded> => {
      return { name, summary, module: (await load()).command };
    }),
  );
  const parts = [
    `.TH ENC 1 "" "sops-ts ${VERSION}" "User Commands"`,
    ...opening(),
    section("commands"),
    ...commands.flatMap(commandPart),
    section("flags of every command"),
    ...flags(GLOBAL_OPTIONS),
    item("-h, --help", "show the help of a command"),
    ...withoutCommand(),
    section("environment"),
    ...environment(commands),
    section("files"),
    ...FILES.map(([term, meaning]) => item(term, meaning)),
    section("exit status"),
    ...EXIT_STATUS.map(([code, meaning]) => item(String(code), meaning)),
  ];
  return `${parts.join("\n")}\n`;
}

function opening(): readonly string[] {
  return [
    section("name"),
    text("enc - encrypt the values of YAML, JSON, .env, INI and binary files"),
    section("synopsis"),
    `${bold("enc")} \\fIcommand\\fR [\\fIflags\\fR] [\\fIfile\\fR]`,
    section("description"),
    text(
      "The values of a file are encrypted, its keys and its layout stay as they are, so that it can live in git.",
    ),
    text("Files go both ways between enc and SOPS, whose commands, flags, variables and exit codes enc has."),
    paragraph(
      "Flags may stand before or after the operands; -- ends them. A flag is -name or --name, its value ",
    ),
    text("the next word or what follows =. A switch is taken back with =false."),
  ];
}

function commandPart({ name, summary, module }: Loaded): readonly string[] {
  const { operands, options, examples, notes } = module;
  return [
    subsection(`enc ${name} [flags] ${operands}`.trimEnd()),
    text(capital(summary)),
    ...(notes === undefined ? [] : notes.split("\n").map(paragraph)),
    ...flags(options),
    ...examples.flatMap(([line, what]) => [paragraph(`${capital(what)}:`), verbatim([line])]),
  ];
}

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

const flags = (specs: readonly OptionSpec[]): readonly string[] =>
  specs.filter(({ hidden }) => hidden !== true).map((spec) => item(headOf(spec), spec.about));

function withoutCommand(): readonly string[] {
  return [
    section("without a command"),
    text("As in SOPS, a file alone is edited, and flags stand for commands:"),
    verbatim([
      "enc FILE",
      "enc -e|--encrypt, -d|--decrypt, -r|--rotate [flags] FILE",
      `enc --set '["a"]["b"] "value"' FILE`,
    ]),
    paragraph("The flags are those of the command. A file named like a command needs ./ in front of it."),
  ];
}

/** The variables that stand for flags, and the others. */
function environment(commands: readonly Loaded[]): readonly string[] {
  const specs = [...GLOBAL_OPTIONS, ...commands.flatMap(({ module }) => module.options)];
  const flagsByName = new Map(
    specs.flatMap(({ env, long }) => (env === undefined ? [] : [[env, long] as const])),
  );
  return [
    ...[...flagsByName].map(([name, long]) => item(name, `stands for --${long} where that is not given`)),
    ...ENVIRONMENT.map(([name, meaning]) => item(name, meaning)),
  ];
}
