/** So many files are named with one warning. */
const MOST_NAMED = 3;

/** What the files of one command are warned of: told once, with the names of all that it is about. */
export class Warnings {
  readonly #names = new Map<string, string[]>();

  add(name: string, message: string): void {
    const names = this.#names.get(message);
    if (names === undefined) this.#names.set(message, [name]);
    else if (!names.includes(name)) names.push(name);
  }

  /** Lines for the user, in the order of the names; they are told once. */
  take(): readonly string[] {
    const sorted = [...this.#names].map(([message, names]) => ({ message, names: names.sort() }));
    this.#names.clear();
    return sorted
      .map(({ message, names }) => `${namesText(names)}: ${message}`)
      .sort((a, b) => (a < b ? -1 : 1));
  }
}

function namesText(names: readonly string[]): string {
  const left = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return left > 0 ? `${shown} and ${String(left)} more` : shown;
}
