import { SopsError } from "../../../core/base/errors.ts";
import type { YamlNode } from "../parse/node.ts";
import { placeOf } from "../parse/line-column.ts";

/** Refuses a second key of the same spelling in one map; go-yaml compares the texts, not the types. */
export class DuplicateCheck {
  readonly #seen = new Set<string>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  add(key: YamlNode): void {
    const name = key.kind === "scalar" ? `s${key.value}` : key.kind === "alias" ? `a${key.name}` : key.kind;
    if (!this.#seen.has(name)) {
      this.#seen.add(name);
      return;
    }
    throw new SopsError("DUPLICATE_KEY", "a key is defined twice in one map", {
      hint: "keep one of the two",
      place: placeOf(this.#text, key.start),
    });
  }
}
