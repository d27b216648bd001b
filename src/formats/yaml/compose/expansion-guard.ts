import { SopsError } from "../../../core/base/errors.ts";
import type { YamlNode } from "../parse/node.ts";
import { MAX_DEPTH, tooDeep } from "../parse/depth.ts";
import { placeOf } from "../parse/line-column.ts";

/** Up to this many nodes, 99 of 100 may come from aliases; from `MANY` on, 10 of 100 (go-yaml's limits). */
const FEW = 400_000;
const MANY = 4_000_000;

/** Stops aliases of aliases of aliases from filling the memory. */
export class ExpansionGuard {
  #total = 0;
  #copied = 0;
  #depth = 0;

  /** Throws UNSUPPORTED where aliases in aliases nest deeper than any written file may. */
  enter(node: YamlNode, text: string): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep(placeOf(text, node.start));
  }

  leave(): void {
    this.#depth--;
  }

  /** Throws UNSUPPORTED where too large a part of all nodes comes from aliases. */
  count(node: YamlNode, inCopy: boolean, text: string): void {
    this.#total++;
    if (!inCopy) return;
    this.#copied++;
    if (this.#copied <= 100 || this.#total <= 1000) return;
    if (this.#copied / this.#total <= allowed(this.#total)) return;
    throw new SopsError("UNSUPPORTED", "the aliases of this file expand to too many values", {
      hint: "write some of the values out, or encrypt the file as it is with --input-type binary",
      place: placeOf(text, node.start),
    });
  }
}

function allowed(total: number): number {
  if (total <= FEW) return 0.99;
  if (total >= MANY) return 0.1;
  return 0.99 - (0.89 * (total - FEW)) / (MANY - FEW);
}
