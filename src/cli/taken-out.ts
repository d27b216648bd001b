import type { Format } from "../core/format.ts";
import { shellQuote } from "../core/shell-quote.ts";
import type { OpsContext } from "../ops/context.ts";
import { keepsDataKey, takenOutOfFile } from "../ops/taken-out.ts";
import type { Io } from "./io.ts";

export interface ChangedFile {
  readonly file: string;
  readonly format: Format;
  readonly ctx: OpsContext;
  readonly io: Io;
}

/** Says what those keep whose keys a change of one file took out, its data key being the same. */
export function noteTakenOut(
  before: Uint8Array,
  after: Uint8Array,
  { file, format, ctx, io }: ChangedFile,
): void {
  const names = takenOutOfFile(before, after, format, ctx);
  if (names.length > 0) io.note(`${file}: ${keepsDataKey(names, `enc rotate -i ${shellQuote(file)}`)}`);
}
