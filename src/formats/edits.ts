import type { Edit } from "../core/model/format.ts";

export type { Edit };

/** Makes a new text of an old one. Places are those of the old text; their starts may only grow, and they do not overlap. */
export class Splicer {
  readonly #text: string;
  readonly #parts: string[] = [];
  #from = 0;

  constructor(text: string) {
    this.#text = text;
  }

  replace(start: number, end: number, text: string): void {
    this.#parts.push(this.#text.slice(this.#from, start), text);
    // An insertion where a stretch starts may come after its replacement.
    this.#from = Math.max(this.#from, end);
  }

  finish(): string {
    this.#parts.push(this.#text.slice(this.#from));
    return this.#parts.join("");
  }
}

/** The text with all edits made, given in any order. They never overlap; those at one place are made in their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const splicer = new Splicer(text);
  for (const edit of isSorted(edits) ? edits : [...edits].sort(byPlace))
    splicer.replace(edit.start, edit.end, edit.text);
  return splicer.finish();
}

const byPlace = (a: Edit, b: Edit): number => a.start - b.start || a.end - b.end;

/** Nearly all are made in the order of the text, and there are as many as values. */
function isSorted(edits: readonly Edit[]): boolean {
  return edits.every((edit, i) => {
    const before = edits[i - 1];
    return before === undefined || byPlace(before, edit) <= 0;
  });
}
