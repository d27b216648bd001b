import { leftText, removedText } from "../node/left-overs.ts";
import type { LeftOvers } from "../node/many/select.ts";
import type { Io } from "./io.ts";
import { noteText } from "./ui.ts";

/** What was found in folders. */
export function tellLeftOvers({ removed, left }: LeftOvers, io: Io): void {
  if (removed.length > 0) io.writeErr(noteText(removedText(removed)));
  if (left.length > 0) io.writeErr(noteText(leftText(left)));
}
