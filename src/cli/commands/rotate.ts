import { resolve } from "node:path";
import { rotate } from "../../ops/rotate.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { during } from "../exit-codes.ts";
import { checkFormatFlags, formatsOf } from "../formats.ts";
import type { Io } from "../io.ts";
import { keysFromFlags, keysToRemove } from "../keys.ts";
import {
  DECRYPTION_ORDER,
  FILENAME_OVERRIDE,
  IGNORE_MAC,
  IN_PLACE,
  KEY_CHANGES,
  KEY_SERVICE,
  MANY,
  TYPES,
} from "../options.ts";
import { type Rules, rulesToTell } from "../rule-of.ts";
import { wantsMany } from "../many/wants.ts";
import { inInput, read } from "../place.ts";
import { refuseOverwriting, refuseReplacing } from "../overwrite.ts";
import { deliver, seenTarget, targetOf } from "../target.ts";

export const command: CommandModule = {
  operands: "file | -i file|folder|glob ...",
  options: [
    ...IN_PLACE,
    ...KEY_CHANGES,
    ...TYPES,
    FILENAME_OVERRIDE,
    IGNORE_MAC,
    DECRYPTION_ORDER,
    ...KEY_SERVICE,
    ...MANY,
  ],
  notes:
    "the keys stay those of the file, but for what --add-... and --rm-... say; where they are not those of the creation\n" +
    "rule, that is told, and enc updatekeys brings them in line. An encrypted --output file that holds other values stays",
  examples: [
    ["enc rotate -i secrets.yaml", "encrypt everything anew under a new data key"],
    ["enc rotate -i secrets/", "every encrypted file of a folder, all or none"],
    ["enc rotate -i --add-age age1... --rm-age age1... secrets.yaml", "and change who can open the file"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const ctx = await opsContext(args, io);
  const many = wantsMany(args, io);
  const file = many ? "" : args.requireFile();
  const target = many ? undefined : targetOf(args, file);
  const seen = seenTarget(target, io);
  await ctx.providers.load?.();
  const changes = {
    add: keysFromFlags(args, ctx.providers, "add-"),
    remove: keysToRemove(args, ctx.providers),
  };
  const changesKeys = changes.add.length + changes.remove.length > 0;
  const phase = changesKeys ? "adding or removing keys" : undefined;
  if (many) {
    const { rotateMany } = await import("../many/rotate.ts");
    return rotateMany(changes, phase, args, io);
  }
  checkFormatFlags(args);
  const name = args.text("filename-override") ?? file;
  const rule = (): ReturnType<Rules["groupsOf"]> =>
    rulesToTell(args, io, ctx).groupsOf(name, resolve(io.cwd, name));
  const settings = openSettings(args, io);
  const sealed = await during(phase, () => inInput(file, () => read(file, io)));
  const formats = await formatsOf(args, name, io, { sealed });
  const existing = await refuseOverwriting("sealed", target, { file, bytes: sealed }, io);
  await refuseReplacing(existing, target, { bytes: sealed, format: formats.input }, settings, { ctx, io });
  const rotated = await inInput(file, () => rotate(sealed, formats, { ...changes, rule }, settings, ctx));
  await deliver(rotated, target, "shared", io, target === file ? sealed : seen);
  return 0;
}
