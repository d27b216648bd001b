import { SopsError } from "../../core/base/errors.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import type { Io } from "../io.ts";
import { DECRYPTION_ORDER, KEY_SERVICE, PUBLISH, YES } from "../options.ts";
import { inInput } from "../place.ts";
import { planPublication, type Publication } from "../publish.ts";
import { questionText } from "../ui.ts";

export const command: CommandModule = {
  operands: "file | folder",
  options: [YES, ...PUBLISH, DECRYPTION_ORDER, ...KEY_SERVICE],
  notes:
    "where to is said by destination_rules of the config: s3_bucket, gcs_bucket or vault_path. S3 and Google Cloud\n" +
    "Storage get the file as it is, or sealed anew by its recreation_rule; Vault gets what is in it.\n" +
    "What stands there already and is the same is not written again.",
  examples: [
    ["enc publish secrets.yaml", "ask, and copy the file to its destination"],
    ["enc publish --yes --recursive secrets/", "every sealed file of a folder, without questions"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const { publications, skipped } = await planPublication(args.requireFile(), args, io);
  if (skipped.length > 0) io.note(skippedText(skipped));
  const many = publications.length + skipped.length > 1 || args.has("recursive");
  let done = 0;
  for (const publication of publications) {
    try {
      if (args.has("yes") || (await agreed(publication, many, io))) await send(publication, args, io);
      done++;
    } catch (error) {
      if (done > 0)
        io.note(`${String(done)} of ${String(publications.length)} files were dealt with before this one`);
      throw error;
    }
  }
  return 0;
}

/** False: not this one of many. Throws CANCELLED where it is the only one, or nobody answers. */
async function agreed({ path, target, name }: Publication, many: boolean, io: Io): Promise<boolean> {
  for (;;) {
    io.writeErr(questionText(`uploading ${path} to ${target.shown(name)} ? (y/n):`));
    const answer = await io.readLine();
    if (answer === null) {
      io.writeErr("\n");
      throw new SopsError("CANCELLED", "nobody answers", { hint: "use --yes where nobody can be asked" });
    }
    if (answer.trim() === "y") return true;
    if (answer.trim() !== "n") continue;
    if (!many) throw new SopsError("CANCELLED", `publication of ${path} canceled`);
    io.note(`publication of ${path} canceled`);
    return false;
  }
}

function send({ file, target, name, copy }: Publication, args: Args, io: Io): Promise<void> {
  const tell = (what: string): void => {
    if (args.has("verbose")) io.note(what);
  };
  return inInput(file, async () => {
    const existing = await target.read(name);
    if (existing !== null && (await copy.isAt(existing))) {
      tell(`${target.shown(name)} is up to date`);
      return;
    }
    await target.write(name, copy.bytes);
    tell(`uploaded ${file} to ${target.shown(name)}`);
  });
}

const MOST_SHOWN = 5;

function skippedText(files: readonly string[]): string {
  const shown = files.slice(0, MOST_SHOWN).join(", ");
  const left = files.length - MOST_SHOWN;
  const all = left > 0 ? `${shown} and ${String(left)} more` : shown;
  return files.length === 1
    ? `${all} is skipped: it is not encrypted`
    : `${all} are skipped: they are not encrypted`;
}
