import { opendirSync } from "node:fs";

/** What all our names begin with; `left-overs.ts` knows them, and is loaded only where there is one. */
const PREFIX = ".enc-";
/** Where a folder holds more, what is left in it is found by the commands that walk through folders. */
const MOST_ENTRIES = 5_000;

/** The names in a folder that may be of files that a run of ours left there. */
export function possibleLeftOvers(folder: string): readonly string[] {
  const names: string[] = [];
  try {
    const entries = opendirSync(folder);
    try {
      for (let n = 0; n < MOST_ENTRIES; n++) {
        const entry = entries.readSync();
        if (entry === null) break;
        if (entry.name.startsWith(PREFIX)) names.push(entry.name);
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    // A folder that may be written to and not be read.
  }
  return names;
}
