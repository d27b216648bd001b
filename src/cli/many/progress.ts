import type { Io } from "../io.ts";

const ERASE_LINE = "\r\u001b[K";
/** Milliseconds between two lines: more often nobody can read. */
const PAUSE = 100;

export interface Progress {
  /** One more file is done. */
  step(): void;
  /** Takes the line away, before anything else is said. */
  clear(): void;
}

/** One line on stderr that is written over and over, on a terminal only; without one, or with `quiet`, nothing. */
export function progress(total: number, quiet: boolean, io: Io, now: () => number = Date.now): Progress {
  let [done, last, shown] = [0, now(), false];
  // What has colours is a terminal that can erase a line, and NO_COLOR asks for plain output.
  const visible = !quiet && total > 1 && io.color;
  return {
    step() {
      done++;
      const time = now();
      if (!visible || time - last < PAUSE) return;
      last = time;
      shown = true;
      io.writeErr(`${ERASE_LINE}enc: ${String(done)} of ${String(total)} files`);
    },
    clear() {
      if (shown) io.writeErr(ERASE_LINE);
      shown = false;
    },
  };
}
