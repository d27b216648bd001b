import type { Selection } from "./selection.ts";
import type { Comment, ListNode, Leaf, MapNode, Node, Tree } from "./tree.ts";

/** Where the walk stands. The object is used again for the next site: read it, do not keep it. */
export interface Visit {
  /** Keys from the root, each with a colon behind it: `a:b:` (spec section 2.4). List indices are not part of it. */
  readonly aad: string;
  readonly selected: boolean;
  /** The path with list indices, for messages; made only when called. */
  readonly where: () => (string | number)[];
}

export interface Visitor {
  leaf(leaf: Leaf, visit: Visit): void;
  comment(comment: Comment, visit: Visit): void;
}

/** Visits every leaf and comment of every document in SOPS' order, and says of each whether it is selected (sections 1, 4). */
export function walk(tree: Tree, selection: Selection, visitor: Visitor): void {
  const walker = new Walker(selection, visitor);
  for (const document of tree.documents) walker.map(document, "", false);
}

class Walker {
  readonly #selection: Selection;
  readonly #visitor: Visitor;
  readonly #path: (string | number)[] = [];
  /** Marker comments that are active, one count for each open map or list ("comment stack", section 4). */
  readonly #active: number[] = [];
  #marks = 0;
  readonly #visit: { aad: string; selected: boolean; where: () => (string | number)[] };

  constructor(selection: Selection, visitor: Visitor) {
    this.#selection = selection;
    this.#visitor = visitor;
    this.#visit = { aad: "", selected: false, where: () => [...this.#path] };
  }

  /** `marked`: a key from the root down to here bears the selector's mark. */
  map(node: MapNode, aad: string, marked: boolean): void {
    this.#active.push(0);
    for (const item of node.entries) {
      if (item.type === "comment") {
        this.#comment(item, aad, marked);
        continue;
      }
      this.#path.push(item.key);
      const inside = `${aad}${item.key}:`;
      this.#node(item.value, inside, marked || this.#selection.keyMatches(item.key));
      this.#path.pop();
      if (item.value.type !== "comment") this.#clearLevel();
    }
    this.#closeLevel();
  }

  #list(node: ListNode, aad: string, marked: boolean): void {
    this.#active.push(0);
    node.items.forEach((item, i) => {
      this.#path.push(i);
      this.#node(item, aad, marked);
      this.#path.pop();
      if (item.type !== "comment") this.#clearLevel();
    });
    this.#closeLevel();
  }

  #node(node: Node | Comment, aad: string, marked: boolean): void {
    if (node.type === "map") this.map(node, aad, marked);
    else if (node.type === "list") this.#list(node, aad, marked);
    else if (node.type === "comment") this.#comment(node, aad, marked);
    else if (node.type === "leaf") this.#visitor.leaf(node, this.#at(aad, marked, this.#marks > 0));
  }

  #comment(comment: Comment, aad: string, marked: boolean): void {
    const { byComment, marksEncrypted, commentMatches } = this.#selection;
    const isMark = byComment && commentMatches(comment.text);
    // The comment that bears the mark stays readable itself, under either selector (section 4, rules 4 and 5).
    const active = marksEncrypted ? this.#marks > 0 : this.#marks > 0 || isMark;
    if (isMark) {
      this.#active[this.#active.length - 1] = (this.#active.at(-1) ?? 0) + 1;
      this.#marks++;
    }
    this.#visitor.comment(comment, this.#at(aad, marked, active));
  }

  #at(aad: string, marked: boolean, active: boolean): Visit {
    const { byComment, marksEncrypted } = this.#selection;
    this.#visit.aad = aad === "" ? ":" : aad;
    this.#visit.selected = (byComment ? active : marked) === marksEncrypted;
    return this.#visit;
  }

  #clearLevel(): void {
    const last = this.#active.length - 1;
    this.#marks -= this.#active[last] ?? 0;
    this.#active[last] = 0;
  }

  #closeLevel(): void {
    this.#clearLevel();
    this.#active.pop();
  }
}
