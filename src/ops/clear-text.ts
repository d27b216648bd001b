import type { Format } from "../core/model/format.ts";
import { formatTreePath } from "../core/model/path.ts";
import {
  compileSelection,
  DEFAULT_SELECTOR,
  SELECT_ALL,
  type Selection,
  type Selector,
} from "../core/model/selection.ts";
import type { Scalar, Tree } from "../core/model/tree.ts";
import { isEncText, parseEnc } from "../core/model/enc-text.ts";
import { walk } from "../core/model/walk.ts";
import type { Formats } from "./context.ts";
import { guardDepth } from "./open.ts";

/** So many key paths are named in one warning. */
const MOST_NAMED = 3;

/** A change of a sealed file, as it is about to be written. */
export interface SealedChange {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly formats: Pick<Formats, "input" | "output">;
  /** The selector of the file. */
  readonly selector: Selector | undefined;
}

/**
 * What a change adds in clear text, since the file's own selector says so, while its creation rule would have it encrypted:
 * one line for the user, or null. Whoever can write to the file can choose that selector. `wanted`: the selector of the rule.
 */
export async function clearAgainstRule(
  change: SealedChange,
  wanted: Selector | undefined,
): Promise<string | null> {
  const { input } = change.formats;
  const [own, rule] = [change.selector ?? DEFAULT_SELECTOR, wanted ?? DEFAULT_SELECTOR];
  if (input.name === "binary" || (own.name === rule.name && own.pattern === rule.pattern)) return null;
  const selection = ofSealed(await compileSelection(rule, "seal"));
  const paths = guardDepth(() => added(change, selection));
  if (paths.length === 0) return null;
  const left = paths.length - MOST_NAMED;
  const named = `${paths.slice(0, MOST_NAMED).join(", ")}${left > 0 ? ` and ${String(left)} more` : ""}`;
  return `${named} will stand in clear text: the file's selector, ${told(own)}, leaves it so; its creation rule, ${told(rule)}, would encrypt it. To seal the file by the rule, decrypt it and encrypt it anew`;
}

const told = ({ name, pattern }: Selector): string => `${name} ${JSON.stringify(pattern)}`;

/** Comments of a sealed file cannot be read here, so that one that is sealed is taken for what has more encrypted. */
function ofSealed(selection: Selection): Selection {
  const commentMatches = (text: string): boolean =>
    isEncText(text) ? selection.marksEncrypted : selection.commentMatches(text);
  return { ...selection, commentMatches };
}

function added({ before, after, formats }: SealedChange, selection: Selection): readonly string[] {
  const known = new Set(clearTexts(formats.input, before, SELECT_ALL).map(({ text }) => text));
  return clearTexts(formats.output, after, selection).flatMap(({ text, path }) =>
    known.has(text) ? [] : [path],
  );
}

interface ClearText {
  /** What it says and where, list positions left out: they shift. */
  readonly text: string;
  readonly path: string;
}

/** Values and comments that stand in clear text although `selection` selects them. */
function clearTexts(format: Format, sealed: Uint8Array, selection: Selection): readonly ClearText[] {
  const found: ClearText[] = [];
  const tree: Tree = format.parseSealed(sealed).tree;
  walk(tree, selection, {
    leaf({ value }, visit) {
      if (isSealed(value)) {
        if (value.kind === "str" && parseEnc(value.value)?.type === "comment") visit.isComment();
      } else if (visit.selected)
        found.push({ text: textOf(value, visit.aad), path: formatTreePath(visit.where()) });
    },
    comment({ text }, visit) {
      if (!visit.selected || text === "" || isEncText(text)) return;
      const at = formatTreePath(visit.where());
      found.push({ text: `${visit.aad}#${text}`, path: at === "" ? "a comment" : `a comment at ${at}` });
    },
  });
  return found;
}

/** The empty text is its own ciphertext. */
function isSealed(value: Scalar): boolean {
  return value.kind === "str" && (value.value === "" || isEncText(value.value));
}

function textOf(value: Scalar, aad: string): string {
  const text = value.kind === "bytes" ? value.value.join() : String(value.value);
  return `${aad}${value.kind}=${text}`;
}
