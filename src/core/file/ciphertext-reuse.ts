import type { SealedText } from "../model/format.ts";
import type { Scalar } from "../model/tree.ts";

/**
 * What each value of an opened file looked like when it was sealed, so that an unchanged value keeps its ciphertext.
 * A text is handed out once: equal items of a list each get their own back, and a new one gets a fresh IV.
 * Valid only under the data key that made the texts.
 */
export class SealedMemory {
  readonly #texts = new Map<string, SealedText[]>();

  remember(aad: string, value: Scalar | string, sealed: SealedText): void {
    const key = keyOf(aad, value);
    const known = this.#texts.get(key);
    if (known === undefined) this.#texts.set(key, [sealed]);
    else known.push(sealed);
  }

  /** A memory with the same texts still to hand out, for one more sealing. */
  copy(): SealedMemory {
    const made = new SealedMemory();
    for (const [key, texts] of this.#texts) made.#texts.set(key, [...texts]);
    return made;
  }

  /** The next remembered text for this (path, typed value), in the order of the old file; undefined: none is left. */
  take(aad: string, value: Scalar | string): SealedText | undefined {
    return this.#texts.get(keyOf(aad, value))?.shift();
  }
}

/** The length parts the path from the value: a key of JSON may hold any character. */
function keyOf(aad: string, value: Scalar | string): string {
  const place = `${String(aad.length)}:${aad}`;
  if (typeof value === "string") return `${place}comment\0${value}`;
  const text = value.kind === "bytes" ? Array.from(value.value).join() : floatSafe(value);
  return `${place}${value.kind}\0${text}`;
}

/** -0 and 0 have different plaintexts, though JavaScript prints both as 0. */
function floatSafe(value: Exclude<Scalar, { kind: "bytes" }>): string {
  return Object.is(value.value, -0) ? "-0" : String(value.value);
}
