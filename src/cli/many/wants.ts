import { standsForMany } from "../../node/many/stands-for-many.ts";
import type { Args } from "../args.ts";
import type { Io } from "../io.ts";

/** Are the operands more than one file, or a folder or a glob, or is an account of the files asked for? */
export function wantsMany(args: Args, io: Io): boolean {
  const [first, second] = args.positionals;
  return (
    second !== undefined ||
    args.has("json") ||
    args.has("recursive") ||
    (first !== undefined && standsForMany(first, io.cwd))
  );
}
