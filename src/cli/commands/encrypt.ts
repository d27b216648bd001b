import { SopsError } from "../../core/base/errors.ts";
import { encrypt } from "../../ops/encrypt.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { opsContext } from "../context.ts";
import { checkFormatFlags, formatsOf } from "../formats.ts";
import type { Io } from "../io.ts";
import {
  FILENAME_OVERRIDE,
  IN_PLACE,
  KEEP_DATA_KEY,
  KEY_SERVICE,
  MANY,
  MASTER_KEYS,
  SELECTORS,
  TYPES,
} from "../options.ts";
import { wantsMany } from "../many/wants.ts";
import { inInput, read } from "../place.ts";
import { atTarget } from "../reseal.ts";
import { refuseOwnKeys, refuseSealed } from "../../ops/as-one.ts";
import { ruleFor, settingsUnder } from "../settings.ts";
import { noteAsOne, takenFor } from "../taken-for.ts";
import { isInput, refuseOverwriting, tellReplaced } from "../overwrite.ts";
import { deliver, seenTarget, targetOf } from "../target.ts";

export const command: CommandModule = {
  operands: "[file] | -i file|folder|glob ...",
  options: [
    ...IN_PLACE,
    KEEP_DATA_KEY,
    ...MASTER_KEYS,
    ...SELECTORS,
    ...TYPES,
    FILENAME_OVERRIDE,
    ...KEY_SERVICE,
    ...MANY,
  ],
  notes:
    "keys come from the flags, else from the creation rule of .sops-ts.yaml or .sops.yaml\n" +
    "an --output file that opens to the same text, for the same keys, stays as it is; any other is written anew, under a\n" +
    "new data key. With --keep-data-key it keeps its own, and values that did not change their ciphertext: whoever made\n" +
    "that file, or could ever open it, then reads the new values too, also those whom enc updatekeys has taken out.\n" +
    "What of that file is gone (key paths, recipients) is told; one that has no key in common with the new text stays\n" +
    "of a folder or a glob, the files that a creation rule matches and that are not encrypted yet are taken",
  examples: [
    ["enc encrypt -i secrets.yaml", "encrypt a file in place, for the keys of .sops-ts.yaml"],
    ["enc encrypt --age age1... app.env --output app.enc.env", "for one age recipient, into another file"],
    ["enc encrypt -i secrets/", "all files of a folder that have a creation rule, all or none"],
    ["enc encrypt --filename-override secrets.json < plain.json", "from stdin to stdout"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  if (wantsMany(args, io)) return (await import("../many/encrypt.ts")).encryptMany(args, io);
  const file = args.file();
  const name = args.text("filename-override") ?? file;
  const target = targetOf(args, file);
  const keepDataKey = args.has("keep-data-key");
  if (keepDataKey && (target === undefined || target === file)) throw nothingToKeep();
  const seen = seenTarget(target, io);
  if (name === undefined) throw stdinNeedsName();
  checkFormatFlags(args);
  const plain = await inInput(file, () => read(file, io));
  const ctx = await opsContext(args, io);
  await ctx.providers.load?.();
  const rule = await ruleFor(args, name, io);
  const formats = await formatsOf(args, name, io, { type: rule?.type });
  const settings = settingsUnder(rule, args, formats.input.name, ctx);
  const existing = await inInput(file, () => {
    refuseSealed(plain, takenFor(formats, args), "enc edit changes it");
    if (target !== undefined && isInput(target, file, io)) refuseOwnKeys(plain, takenFor(formats, args));
    return refuseOverwriting("sealed", target, { file, bytes: plain }, io);
  });
  const known =
    target === undefined || target === file
      ? null
      : await atTarget({ plain, target, formats, settings, keepDataKey }, ctx, io);
  if (known === "same") return 0;
  noteAsOne(name, formats, args, io);
  const sealed = known ?? (await inInput(file, () => encrypt(plain, formats, settings, ctx)));
  await tellReplaced(existing, target, sealed, ctx, io);
  await deliver(sealed, target, "shared", io, target === file ? plain : seen);
  return 0;
}

function nothingToKeep(): SopsError {
  return new SopsError("CONFLICTING_OPTIONS", "--keep-data-key is about the file of --output", {
    hint: "name that file with --output, or leave the flag out",
  });
}

function stdinNeedsName(): SopsError {
  return new SopsError("CONFLICTING_OPTIONS", "encrypting stdin needs --filename-override", {
    hint: "name a file, or say which type and rule to use: --filename-override secrets.yaml",
  });
}
