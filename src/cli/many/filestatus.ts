import { SopsError } from "../../core/base/errors.ts";
import { printableJson } from "../../core/base/printable.ts";
import { inPool } from "../../node/many/pool.ts";
import { WIDTH } from "../../node/many/replacements.ts";
import { type Selected, selectFiles } from "../../node/many/select.ts";
import { isEncrypted } from "../../ops/status.ts";
import type { Args } from "../args.ts";
import { inputFormat } from "../formats.ts";
import type { Io } from "../io.ts";
import { inInput, read } from "../place.ts";
import { tellLeftOvers } from "../tell-left-overs.ts";
import { errorText } from "../ui.ts";
import { errorRow, exitCodeOfAll } from "./report.ts";
import { passesUnsealed } from "./sealed-files.ts";

type Status =
  | { readonly path: string; readonly encrypted: boolean }
  | { readonly path: string; readonly error: SopsError };

/** `enc filestatus` of many files: one JSON object per line. Of a folder, those that are encrypted. */
export async function filestatusMany(args: Args, io: Io): Promise<number> {
  const { files, leftOvers } = await selectFiles(args.positionals, io.cwd);
  tellLeftOvers(leftOvers, io);
  const all = (await inPool(files, WIDTH, (file) => statusOf(file, args, io))).filter((s) => s !== null);
  for (const status of all) {
    const row = "error" in status ? { path: status.path, error: errorRow(status.error) } : status;
    io.writeOut(`${printableJson(row)}\n`);
  }
  const errors = all.flatMap((status) => ("error" in status ? [status.error] : []));
  if (!args.has("json")) for (const error of errors) io.writeErr(errorText(error, io.color));
  return exitCodeOfAll(errors, { command: "filestatus" });
}

/** Null: a file of a folder that is not encrypted. */
async function statusOf(file: Selected, args: Args, io: Io): Promise<Status | null> {
  const { name: path } = file;
  try {
    return await inInput(path, async () => {
      const bytes = await read(path, io);
      const format = await inputFormat(args, path, { sealed: bytes });
      const why = file.by === "name" ? null : passesUnsealed(file, bytes, format);
      if (why !== null) return why === "" ? null : { path, encrypted: false };
      const encrypted = isEncrypted(bytes, format);
      return encrypted || file.by !== "folder" ? { path, encrypted } : null;
    });
  } catch (error) {
    if (error instanceof SopsError) return { path, error };
    throw error;
  }
}
