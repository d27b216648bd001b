import { asOneText, type TakenFor } from "../ops/as-one.ts";
import type { Formats } from "../ops/context.ts";
import type { Args } from "./args.ts";
import type { Io } from "./io.ts";

/** What the command line takes a plain file for, and how that is said by a flag. */
export function takenFor({ input }: Pick<Formats, "input">, args: Args): TakenFor {
  return {
    format: input.name,
    said: (args.text("input-type") ?? "") !== "",
    saying: (type) => `--input-type ${type}`,
  };
}

/** Says what becomes of a .env file whose name is that of no .env file to sops. */
export function noteAsOne(name: string, formats: Pick<Formats, "input">, args: Args, io: Io): void {
  const text = asOneText(name, takenFor(formats, args));
  if (text !== undefined) io.note(text);
}
