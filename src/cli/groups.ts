import { SopsError } from "../core/base/errors.ts";
import type { Format } from "../core/model/format.ts";
import type { OpsContext } from "../ops/context.ts";
import type { Args } from "./args.ts";
import { opsContext } from "./context.ts";
import { inputFormat } from "./formats.ts";
import type { Io } from "./io.ts";
import { GROUP_FILE, IN_PLACE, KEY_SERVICE, type OptionSpec, TYPES } from "./options.ts";
import { inInput, read } from "./place.ts";
import { noteKeepers } from "./keepers.ts";
import { refuseOverwriting, refuseReplacing } from "./overwrite.ts";
import { deliver, seenTarget, targetOf } from "./target.ts";

/** Flags of both commands. */
export const GROUP_OPTIONS: readonly OptionSpec[] = [
  GROUP_FILE,
  ...IN_PLACE,
  ...TYPES.filter(({ long }) => long === "input-type"),
  ...KEY_SERVICE,
];

export interface GroupInput {
  readonly sealed: Uint8Array;
  readonly format: Format;
  /** Undefined: the file's own. */
  readonly threshold: number | undefined;
  readonly ctx: OpsContext;
}

/** Reads the file of `--file`, has `change` change its groups, and delivers it. Throws NO_FILE. */
export async function changeGroupsOf(
  args: Args,
  io: Io,
  change: (input: GroupInput) => Promise<Uint8Array>,
): Promise<number> {
  const file = args.text("file") ?? "";
  if (file === "") throw new SopsError("NO_FILE", "no file is named", { hint: "name it with --file" });
  const target = targetOf(args, file);
  const seen = seenTarget(target, io);
  const threshold = args.integer("shamir-secret-sharing-threshold", 0);
  const sealed = await inInput(file, () => read(file, io));
  const format = await inputFormat(args, file, { sealed });
  const existing = await refuseOverwriting("sealed", target, { file, bytes: sealed }, io);
  const ctx = await opsContext(args, io);
  // The command looks at no value, so that a wrong MAC is none of its business.
  await refuseReplacing(existing, target, { bytes: sealed, format }, { ignoreMac: true }, { ctx, io });
  const changed = await inInput(file, () => change({ sealed, format, threshold, ctx }));
  await deliver(changed, target, "shared", io, target === file ? sealed : seen);
  noteKeepers(sealed, changed, { file, format, ctx, io });
  return 0;
}
