import { resolve } from "node:path";
import { matchRule } from "../../config/match.ts";
import type { CreationRule } from "../../config/model.ts";
import { SopsError } from "../../core/base/errors.ts";
import { isIdentityFile } from "../../core/base/withheld.ts";
import { sealedFormatOf } from "../../formats/detect.ts";
import { realOf } from "../../node/many/leads-out.ts";
import type { Selected } from "../../node/many/select.ts";
import { encrypt } from "../../ops/encrypt.ts";
import type { Args } from "../args.ts";
import { configsFor, oncePerFolder, storesFor } from "../config.ts";
import { formatsOf, inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { settingsUnder } from "../settings.ts";
import { noteAsOne, takenFor } from "../taken-for.ts";
import { refuseOwnKeys } from "../../ops/as-one.ts";
import { manyContext } from "./context.ts";
import { requireInPlace } from "./in-place.ts";
import { isToolFile } from "./tool-files.ts";
import { NO_RULE, NO_TYPE, OWN, TOOL } from "./outcome.ts";
import { type ManyJob, runMany } from "./run.ts";
import { inFolder } from "./sealed-files.ts";

const ALREADY = "already encrypted";
/** Variables that name files with the user's own secret keys. */
const KEY_FILES = ["SOPS_AGE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"] as const;

/** `enc encrypt -i` of files, folders and globs. */
export async function encryptMany(args: Args, io: Io): Promise<number> {
  requireInPlace(args);
  return runMany(args.positionals, await encryptJob(args, io), args, io);
}

async function encryptJob(args: Args, io: Io): Promise<ManyJob> {
  const { ctx, about, tell } = await manyContext(args, io);
  await ctx.providers.load?.();
  const configs = configsFor(args, io);
  const stores = oncePerFolder(io, (name) => storesFor(args, name, io));
  const ruleOf = async ({ name, path }: Selected): Promise<CreationRule | undefined> => {
    const config = await configs(name);
    return config && matchRule(config, path);
  };
  const own = ownFiles(args, io);
  return {
    command: "encrypt",
    done: "encrypted",
    tell,
    harmless: { ALREADY_ENCRYPTED: ALREADY },
    async passes(file, bytes) {
      if (own.has(file.real) || isIdentityFile(bytes)) return OWN;
      const rule = await ruleOrNull(() => ruleOf(file));
      const format = await inputFormat(args, file.name, { type: rule?.type });
      if (sealedFormatOf(bytes) !== undefined) return ALREADY;
      if (rule === null) return NO_RULE;
      if (isToolFile(file.path)) return TOOL;
      if (isAnyFile(rule) && format.name === "binary" && inFolder(file)) return NO_TYPE;
      return null;
    },
    async work(file, bytes) {
      const rule = await ruleOf(file);
      const storesOf = (name: string | undefined): ReturnType<typeof stores> => stores(name ?? "");
      const formats = await formatsOf(args, file.name, io, { type: rule?.type, storesOf });
      const kind = sealedFormatOf(bytes);
      if (kind !== undefined && (kind === "binary" || kind !== formats.input.name)) throw alreadyEncrypted();
      const settings = settingsUnder(rule, args, formats.input.name, ctx);
      refuseOwnKeys(bytes, takenFor(formats, args));
      noteAsOne(file.name, formats, args, io);
      return encrypt(bytes, formats, settings, about(file));
    },
  };
}

/** The config and the keys in use: encrypted together with the files of their folder, they would open none of them. */
function ownFiles(args: Args, io: Io): ReadonlySet<string> {
  const names = [args.text("config"), ...KEY_FILES.map((name) => io.env[name])];
  return new Set(
    names.flatMap((name) => (name === undefined || name === "" ? [] : [realOf(resolve(io.cwd, name))])),
  );
}

/** A rule for every file means those that have a type: not each README and picture that stands in a folder. */
function isAnyFile(rule: CreationRule | undefined): boolean {
  return rule?.pathRegex === undefined;
}

async function ruleOrNull(
  find: () => Promise<CreationRule | undefined>,
): Promise<CreationRule | undefined | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof SopsError && error.code === "NO_MATCHING_RULE") return null;
    throw error;
  }
}

function alreadyEncrypted(): SopsError {
  return new SopsError("ALREADY_ENCRYPTED", "the file is encrypted already", {
    hint: "leave it out; in a folder or a quoted glob such files are passed over",
  });
}
