import { SopsError } from "../../../core/base/errors.ts";
import {
  type Comment,
  entry,
  type Entry,
  type Leaf,
  map,
  type MapItem,
  type Tree,
} from "../../../core/model/tree.ts";
import { lineAt, nameText, rawToScalar } from "../../byte-text.ts";
import type { IniComment } from "../parse/comment.ts";
import type { Anchor, IniKey, IniSection, KeyLine } from "../parse/scan.ts";

/** A leaf or a comment of the tree and where its text stands. `at` is its number in the walk (`Hint.at`). */
export type Slot =
  | { readonly kind: "value"; readonly site: Leaf; readonly at: number; readonly line: KeyLine }
  | {
      readonly kind: "comment";
      readonly site: Comment;
      readonly at: number;
      readonly comment: IniComment;
      readonly anchor: Anchor;
    };

export interface Layout {
  readonly tree: Tree;
  /** In tree order: a key's comment after its value, though it stands above it in the text. */
  readonly slots: readonly Slot[];
}

/** The sections as SOPS holds them (format.md 9): a section's comment first, a key's comment after the key. */
export function layOut(sections: readonly IniSection[]): Layout {
  const slots: Slot[] = [];
  // The document's own map is number 0.
  let at = 0;
  const number = (): number => ++at;
  const entries = sections.map((section) => sectionEntry(section, slots, number));
  return { tree: { documents: [map(entries)] }, slots };
}

function sectionEntry(section: IniSection, slots: Slot[], number: () => number): Entry {
  number();
  const { header, keys } = section;
  const items: MapItem[] = header === null ? [] : commentItems(header, slots, number);
  for (const key of keys.values()) items.push(...keyItems(key, slots, number));
  return entry(nameText(section.name), map(items));
}

function keyItems({ name, lines }: IniKey, slots: Slot[], number: () => number): MapItem[] {
  const line = lines.at(-1) ?? lines[0];
  const site: Leaf = { type: "leaf", value: rawToScalar(line.value), span: line.body };
  slots.push({ kind: "value", site, at: number(), line });
  return [entry(nameText(name), site), ...commentItems(line, slots, number)];
}

function commentItems(anchor: Anchor, slots: Slot[], number: () => number): Comment[] {
  const { comment } = anchor;
  if (comment === null) return [];
  const span = comment.lines ?? comment.inline ?? anchor.body;
  const site: Comment = { type: "comment", text: nameText(comment.raw), inline: false, span };
  slots.push({ kind: "comment", site, at: number(), comment, anchor });
  return [site];
}

/** Text between a quoted key and its delimiter is ignored by SOPS, so nothing would ever seal it. Throws PARSE. */
export function refuseJunkInNames(text: string, sections: readonly IniSection[]): void {
  for (const { keys } of sections)
    for (const { lines } of keys.values())
      for (const line of lines)
        if (line.junkInName)
          throw new SopsError("PARSE", "there is text between a quoted key and its = or :", {
            hint: "sops would drop it: take it out, or take it into the quotes",
            place: { line: lineAt(text, line.at) },
          });
}
