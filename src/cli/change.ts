import { SopsError } from "../core/base/errors.ts";
import { refuseEmptyName, refuseStdin } from "../node/empty-name.ts";
import { isChangedMeanwhile } from "../node/seen.ts";
import type { Formats, OpenSettings, OpsContext } from "../ops/context.ts";
import type { Changed } from "../ops/set.ts";
import type { Args } from "./args.ts";
import { type Ruled, warnOfClearText } from "./clear-text.ts";
import { openSettings, opsContext } from "./context.ts";
import { checkFormatFlags, formatsOf } from "./formats.ts";
import type { Io } from "./io.ts";
import {
  DECRYPTION_ORDER,
  FILENAME_OVERRIDE,
  FILE,
  IDEMPOTENT,
  IGNORE_MAC,
  KEY_SERVICE,
  MANY,
  type OptionSpec,
  SHAMIR_THRESHOLD,
  TYPES,
} from "./options.ts";
import { inInput, read } from "./place.ts";
import { rulesToTell } from "./rule-of.ts";
import { deliver } from "./target.ts";

/** Flags of the commands that change one value of a sealed file. The threshold has no effect, as in sops. */
export const CHANGE_OPTIONS: readonly OptionSpec[] = [
  IDEMPOTENT,
  IGNORE_MAC,
  FILENAME_OVERRIDE,
  ...TYPES,
  DECRYPTION_ORDER,
  SHAMIR_THRESHOLD,
  ...KEY_SERVICE,
  FILE,
  ...MANY,
];

export interface ChangeInput {
  readonly sealed: Uint8Array;
  readonly formats: Formats;
  readonly settings: OpenSettings & { readonly idempotent: boolean };
  readonly ctx: OpsContext;
}

/** A change of one value; the same bytes where there is nothing to write. */
export type Change = (input: ChangeInput) => Promise<Changed>;

/** The change; what it adds in clear text against the creation rule is told. */
export async function changeUnderRule(change: Change, input: ChangeInput, ruled: Ruled): Promise<Changed> {
  const changed = await change(input);
  const { sealed: before, formats, ctx } = input;
  const { bytes: after, selector } = changed;
  if (after !== before) await warnOfClearText({ before, after, formats, selector }, ruled, ctx);
  return changed;
}

/** So many others may come first. */
const MOST_TRIES = 25;

/**
 * Reads a sealed file, has `change` change it, and writes it back unless told that there is nothing to write. Where
 * somebody else has written to the file meanwhile, the change is made once more, in what stands there now.
 */
export async function changeFile(file: string, args: Args, io: Io, change: Change): Promise<number> {
  refuseForMany(args);
  refuseEmptyName(file);
  refuseStdin(file);
  checkFormatFlags(args);
  const name = args.text("filename-override") ?? file;
  const settings = { ...openSettings(args, io), idempotent: args.has("idempotent") };
  const ctx = await opsContext(args, io);
  const once = async (): Promise<void> => {
    const sealed = await read(file, io);
    const formats = await formatsOf(args, name, io, { sealed });
    const input = { sealed, formats, settings, ctx };
    const ruled = { name, rules: rulesToTell(args, io, ctx), io };
    const { bytes } = await changeUnderRule(change, input, ruled);
    if (bytes !== sealed) await deliver(bytes, file, "shared", io, sealed);
  };
  await inInput(file, () => repeated(once));
  return 0;
}

async function repeated(work: () => Promise<void>): Promise<void> {
  for (let n = 1; ; n++) {
    try {
      await work();
      return;
    } catch (error) {
      if (n === MOST_TRIES || !isChangedMeanwhile(error)) throw error;
    }
  }
}

function refuseForMany(args: Args): void {
  const flag = MANY.find(({ long }) => args.has(long));
  if (flag === undefined) return;
  throw new SopsError("USAGE", `--${flag.long} is for files that --file names`, {
    hint: "give --file FILE in place of the first operand, or leave the flag out",
  });
}
