import { resolve } from "node:path";
import type { Format } from "../core/model/format.ts";
import { silentHost } from "../core/ports/host.ts";
import { forFile } from "../node/context.ts";
import { isSameFile, refuseOther } from "../node/other-file.ts";
import type { OpenSettings, OpsContext } from "../ops/context.ts";
import type { Io } from "./io.ts";
import { inInput } from "./place.ts";

/** Is the target the file that was read, by another name perhaps? */
export function isInput(target: string, file: string | undefined, io: Io): boolean {
  return file !== undefined && isSameFile(resolve(io.cwd, target), resolve(io.cwd, file));
}

/**
 * `--output` names a file that holds something else, as two operands in each other's place do. Throws CANNOT_WRITE. Answers an
 * encrypted file that stands there and is to be replaced by another one; null: there is none.
 */
export function refuseOverwriting(
  made: "plain" | "sealed",
  target: string | undefined,
  { file, bytes }: { readonly file: string | undefined; readonly bytes: Uint8Array },
  io: Io,
): Promise<Uint8Array | null> {
  const path = (name: string | undefined): string | undefined => name && resolve(io.cwd, name);
  return inInput(target, () => refuseOther(made, path(target), { path: path(file), bytes }));
}

/** An encrypted file that stands at the target of `encrypt`: what of it is lost is told, and refused where it is all. */
export async function tellReplaced(
  existing: Uint8Array | null,
  target: string | undefined,
  sealed: Uint8Array,
  ctx: OpsContext,
  io: Io,
): Promise<void> {
  if (existing === null || target === undefined) return;
  const { replacing } = await import("../ops/replaced.ts");
  const lines = await inInput(target, () => replacing(existing, sealed, ctx));
  for (const line of lines) io.note(`${target}: ${line}`);
}

/** The same for a command that changes no value: whatever holds other ones stays. */
export async function refuseReplacing(
  existing: Uint8Array | null,
  target: string | undefined,
  sealed: { readonly bytes: Uint8Array; readonly format: Format },
  settings: OpenSettings,
  { ctx, io }: { readonly ctx: OpsContext; readonly io: Io },
): Promise<void> {
  if (existing === null || target === undefined) return;
  const { refuseOtherValues } = await import("../ops/replaced.ts");
  const quiet = { ...forFile(ctx, resolve(io.cwd, target)), host: silentHost(ctx.host), warn: undefined };
  await inInput(target, () => refuseOtherValues(existing, sealed, settings, { ctx, quiet }));
}
