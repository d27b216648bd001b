import { SopsError } from "../../core/base/errors.ts";
import { decrypt } from "../../ops/decrypt.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import { openSettings, opsContext } from "../context.ts";
import { checkFormatFlags, formatsOf } from "../formats.ts";
import type { Io } from "../io.ts";
import {
  DECRYPTION_ORDER,
  EXTRACT,
  FILENAME_OVERRIDE,
  IGNORE_MAC,
  IN_PLACE,
  KEY_SERVICE,
  MANY,
  TYPES,
} from "../options.ts";
import { wantsMany } from "../many/wants.ts";
import { inInput, read, refuseMissing } from "../place.ts";
import { isInput, refuseOverwriting } from "../overwrite.ts";
import { deliver, seenTarget, targetOf } from "../target.ts";

export const command: CommandModule = {
  operands: "[file] | -i file|folder|glob ...",
  options: [
    ...IN_PLACE,
    EXTRACT,
    ...TYPES,
    IGNORE_MAC,
    FILENAME_OVERRIDE,
    DECRYPTION_ORDER,
    ...KEY_SERVICE,
    ...MANY,
  ],
  examples: [
    ["enc decrypt secrets.yaml", "print the plain text"],
    [
      `enc decrypt --extract '["database"]["password"]' secrets.yaml`,
      "print one value, with no newline added",
    ],
    ["enc decrypt --output-type json secrets.yaml", "convert while decrypting"],
    ["enc decrypt --filename-override .env < .env.enc", "from stdin, as what such a file holds"],
    ["enc decrypt -i secrets/ 'env/**/*.yaml'", "every encrypted file there, all or none"],
  ],
  run,
};

/** One value would take the place of the whole file, and that in clear text. */
function refuseExtractInPlace(args: Args, inPlace: boolean): void {
  if (!args.has("extract") || !inPlace) return;
  throw new SopsError("CONFLICTING_OPTIONS", "--extract and --in-place exclude each other", {
    hint: "one value would replace the file: write it to another one with --output, or leave --extract out",
  });
}

async function run(args: Args, io: Io): Promise<number> {
  if (wantsMany(args, io)) return (await import("../many/decrypt.ts")).decryptMany(args, io);
  const file = args.file();
  const target = targetOf(args, file);
  const replaces = target !== undefined && isInput(target, file, io);
  refuseExtractInPlace(args, replaces);
  const seen = seenTarget(target, io);
  checkFormatFlags(args);
  if (file !== undefined) refuseMissing(file, io);
  const settings = {
    ...openSettings(args, io),
    extract: args.text("extract"),
    replaces,
  };
  const sealed = await inInput(file, () => read(file, io));
  const formats = await formatsOf(args, args.text("filename-override") ?? file, io, { sealed });
  await refuseOverwriting("plain", target, { file, bytes: sealed }, io);
  const plain = await inInput(file, async () =>
    decrypt(sealed, formats, settings, await opsContext(args, io)),
  );
  await deliver(plain, target, "secret", io, target === file ? sealed : seen);
  return 0;
}
