import type { Selection } from "./selection.ts";
import { aadOf, keysBelow } from "./aad.ts";
import type { Comment, Leaf, ListNode, MapNode, Node, Tree } from "./tree.ts";

/** Where the walk stands. The object is used again for the next site: read it, do not keep it. */
export interface Visit {
  /** Keys from the root, each with a colon behind it: `a:b:` (format.md 2.4). List indices are not part of it. */
  readonly aad: string;
  readonly selected: boolean;
  /** The path with list indices, for messages; made only when called. */
  readonly where: () => (string | number)[];
  /**
   * To be called for a leaf that opened as a comment: a sealed comment of a list stands in the file as a string
   * (traps.md 2), and it must not end the run of comments above the next element, as it did not when it was sealed.
   */
  readonly isComment: () => void;
}

export interface Visitor {
  leaf(leaf: Leaf, visit: Visit): void;
  comment(comment: Comment, visit: Visit): void;
}

/**
 * Visits every leaf and comment of every document in SOPS' order, and says of each whether it is selected (format.md 1,
 * 4). Keeps its own stack: depth is bounded by memory only.
 */
export function walk(tree: Tree, selection: Selection, visitor: Visitor): void {
  const walker = new Walker(selection, visitor);
  for (const document of tree.documents) walker.document(document);
}

/** An open map or list. */
interface Level {
  readonly node: MapNode | ListNode;
  readonly aad: string;
  /** A key from the root down to here bears the selector's mark. */
  readonly marked: boolean;
  /** A marker comment is active in a level above. */
  readonly above: boolean;
  /** A marker comment is active in this level: it stands in the run of comments before the next item. */
  active: boolean;
  /** Items walked so far; the current one is the last of them. */
  walked: number;
}

class Walker {
  readonly #selection: Selection;
  readonly #visitor: Visitor;
  readonly #levels: Level[] = [];
  readonly #visit: {
    aad: string;
    selected: boolean;
    where: () => (string | number)[];
    isComment: () => void;
  };
  /** Was a marker comment of its own level active above the current leaf? */
  #wasActive = false;

  constructor(selection: Selection, visitor: Visitor) {
    this.#selection = selection;
    this.#visitor = visitor;
    this.#visit = {
      aad: "",
      selected: false,
      where: () => this.#where(),
      isComment: () => this.#keepRun(),
    };
  }

  document(root: MapNode): void {
    this.#levels.length = 0;
    this.#open(root, "", false, false);
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) this.#step(level);
  }

  #open(node: MapNode | ListNode, aad: string, marked: boolean, above: boolean): void {
    this.#levels.push({ node, aad, marked, above, active: false, walked: 0 });
  }

  #step(level: Level): void {
    const { node, aad, marked } = level;
    const item = node.type === "map" ? node.entries[level.walked] : node.items[level.walked];
    level.walked++;
    if (item === undefined) this.#levels.pop();
    else if (item.type !== "entry") this.#item(level, item, aad, marked);
    else
      this.#item(level, item.value, keysBelow(aad, item.key), marked || this.#selection.keyMatches(item.key));
  }

  #item(level: Level, item: Node | Comment, aad: string, marked: boolean): void {
    const active = level.above || level.active;
    if (item.type === "comment") {
      this.#comment(level, item, aad, marked);
      return;
    }
    this.#wasActive = level.active;
    level.active = false;
    if (item.type === "leaf") this.#visitor.leaf(item, this.#at(aad, marked, active));
    else if (item.type !== "null") this.#open(item, aad, marked, active);
  }

  #keepRun(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.active = this.#wasActive;
  }

  #comment(level: Level, comment: Comment, aad: string, marked: boolean): void {
    const { byComment, marksEncrypted, commentMatches } = this.#selection;
    const before = level.above || level.active;
    if (byComment && commentMatches(comment.text)) level.active = true;
    // The comment that bears the mark stays readable itself, under either selector (format.md 4, rules 4 and 5).
    const active = marksEncrypted ? before : before || level.active;
    this.#visitor.comment(comment, this.#at(aad, marked, active));
  }

  #at(aad: string, marked: boolean, active: boolean): Visit {
    const { byComment, marksEncrypted } = this.#selection;
    this.#visit.aad = aadOf(aad);
    this.#visit.selected = (byComment ? active : marked) === marksEncrypted;
    return this.#visit;
  }

  #where(): (string | number)[] {
    const path: (string | number)[] = [];
    for (const { node, walked } of this.#levels) {
      if (node.type === "list") path.push(walked - 1);
      else {
        const item = node.entries[walked - 1];
        if (item?.type === "entry") path.push(item.key);
      }
    }
    return path;
  }
}
