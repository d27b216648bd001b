import type { Format } from "../core/model/format.ts";
import { shellQuote } from "../core/base/shell-quote.ts";
import type { OpsContext } from "../ops/context.ts";
import { keepersOfFile, keepsDataKey } from "../ops/keepers.ts";
import type { Io } from "./io.ts";

export interface ChangedFile {
  readonly file: string;
  readonly format: Format;
  readonly ctx: OpsContext;
  readonly io: Io;
}

/** Says what those keep who cannot open a file any more since its keys were changed, its data key being the same. */
export function noteKeepers(
  before: Uint8Array,
  after: Uint8Array,
  { file, format, ctx, io }: ChangedFile,
): void {
  const keepers = keepersOfFile(before, after, format, ctx);
  if (keepers === null) return;
  io.note(`${file}: ${keepsDataKey(keepers, `enc rotate -i ${shellQuote(file)}`)}`);
}
