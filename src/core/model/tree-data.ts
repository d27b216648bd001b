import { equalBytes } from "../base/bytes.ts";
import { valToString } from "./number.ts";
import type { Comment, Entry, MapNode, Node, Scalar, Tree } from "./tree.ts";
import { equalScalars } from "./tree-equal.ts";
import type { TreePath } from "./tree-edit.ts";

/** Where two trees first hold other data: order, keys, shape, values. Comments are no data. */
export interface Difference {
  /** In the first of the two trees. */
  readonly path: TreePath;
  /** The values print alike, only their kind is another: 2.0 became 2, or a number became text. */
  readonly kindOnly: boolean;
}

/**
 * The first difference in data between what was meant and what was read, null where there is none. A difference of kind
 * is answered only where nothing worse is found. `flat`: the format reads every value as a string, whatever it was.
 */
export function firstDifference(meant: Tree, read: Tree, flat: boolean): Difference | null {
  const comparison = new Comparison(flat);
  const worse = comparison.documents(meant, read);
  return worse === null ? comparison.kind : { path: worse, kindOnly: false };
}

class Comparison {
  readonly #flat: boolean;
  readonly #path: (string | number)[] = [];
  kind: Difference | null = null;

  constructor(flat: boolean) {
    this.#flat = flat;
  }

  documents(a: Tree, b: Tree): TreePath | null {
    if (a.documents.length !== b.documents.length) return [];
    for (const [i, document] of a.documents.entries()) {
      const found = this.#map(document, b.documents[i] ?? document);
      if (found !== null) return found;
    }
    return null;
  }

  #map(a: MapNode, b: MapNode): TreePath | null {
    const [x, y] = [this.#entries(a), this.#entries(b)];
    for (const [i, item] of x.entries()) {
      const found = this.#below(item.key, () =>
        item.key === y[i]?.key ? this.#node(item.value, y[i].value) : this.#here(),
      );
      if (found !== null) return found;
    }
    return x.length === y.length ? null : this.#here();
  }

  /** An INI file always has the section DEFAULT, be it empty. A comment makes no difference to that. */
  #entries({ entries }: MapNode): readonly Entry[] {
    const all = entries.filter(isEntry);
    return this.#flat ? all.filter(({ value }) => value.type !== "map" || value.entries.some(isEntry)) : all;
  }

  #list(a: readonly (Node | Comment)[], b: readonly (Node | Comment)[]): TreePath | null {
    const others = b.filter(isNode).values();
    for (const [i, item] of a.entries()) {
      if (item.type === "comment") continue;
      const found = this.#below(i, () => this.#node(item, others.next().value));
      if (found !== null) return found;
    }
    return others.next().done === true ? null : this.#here();
  }

  #node(a: Node | Comment, b: Node | Comment | undefined): TreePath | null {
    if (b === undefined) return this.#here();
    if (a.type === "map" && b.type === "map") return this.#map(a, b);
    if (a.type === "list" && b.type === "list") return this.#list(a.items, b.items);
    if (a.type === "leaf" && b.type === "leaf") return this.#leaf(a.value, b.value);
    if (a.type === "null" && b.type === "leaf" && this.#flat) return this.#text(null, b.value);
    // A comment as a map's value (traps.md 53) is printed as one, or as nothing.
    const same = a.type === b.type || (a.type === "comment" && b.type === "null");
    return same ? null : this.#here();
  }

  #leaf(a: Scalar, b: Scalar): TreePath | null {
    if (equalScalars(a, b)) return null;
    // `2` is what SOPS prints for 2.0, `-0` for -0.0.
    if (a.kind === "float" && b.kind === "int" && a.value === Number(b.value)) return this.#ofKind();
    return this.#flat ? this.#text(a, b) : this.#here();
  }

  #text(a: Scalar | null, b: Scalar): TreePath | null {
    const same =
      a?.kind === "bytes" && b.kind === "bytes"
        ? equalBytes(a.value, b.value)
        : valToString(a) === valToString(b);
    return same ? this.#ofKind() : this.#here();
  }

  #ofKind(): null {
    this.kind ??= { path: this.#here(), kindOnly: true };
    return null;
  }

  #here(): TreePath {
    return [...this.#path];
  }

  #below(part: string | number, compare: () => TreePath | null): TreePath | null {
    this.#path.push(part);
    const found = compare();
    this.#path.pop();
    return found;
  }
}

export const isEntry = (item: Entry | Comment): item is Entry => item.type === "entry";
const isNode = (item: Node | Comment): item is Node => item.type !== "comment";
