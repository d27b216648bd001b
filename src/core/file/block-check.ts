import { KEY_TYPE_NAMES } from "../../key-types/index.ts";
import { SopsError } from "../base/errors.ts";
import type { KeyGroup, WrappedKey } from "../keys/key.ts";
import type { Metadata } from "./metadata-model.ts";
import { normaliseSeconds } from "../base/time.ts";

/**
 * The first thing that a metadata block, read back, says otherwise than it was meant, in words that hold no value of it;
 * null where it says the same. Inside a group the order of the kinds of keys is the block's own, that of keys of one kind
 * counts; a field that says nothing is a field that is not there.
 */
export function blockDifference(meant: Metadata, read: Metadata): string | null {
  const different = PLAIN_FIELDS.find((name) => meant[name] !== read[name]);
  if (different !== undefined) return different;
  if (normaliseSeconds(meant.lastModified) !== read.lastModified) return "lastModified";
  if (meant.selector?.name !== read.selector?.name || meant.selector?.pattern !== read.selector?.pattern)
    return "selector";
  return groupsDifference(meant.groups, read.groups);
}

/** The same as an error. What is asked for and not in the file opens nothing: such a text must never be answered. */
export function assertSameBlock(meant: Metadata, read: Metadata): void {
  const difference = blockDifference(meant, read);
  if (difference === null) return;
  throw new SopsError("EMIT", `the sops block cannot hold what was asked for: ${difference}`, {
    hint: "nothing was written; give each key only the fields that its type has in a sops block",
  });
}

const PLAIN_FIELDS = ["shamirThreshold", "mac", "macOnlyEncrypted", "version", "presentation"] as const;

function groupsDifference(meant: readonly KeyGroup[], read: readonly KeyGroup[]): string | null {
  const count = Math.max(meant.length, read.length);
  for (let i = 0; i < count; i++) {
    const difference = keysDifference(inBlockOrder(meant[i]), inBlockOrder(read[i]));
    if (difference === null) continue;
    return count === 1 ? difference : `key group ${String(i)} of 0 to ${String(count - 1)}, ${difference}`;
  }
  return null;
}

function keysDifference(meant: readonly WrappedKey[], read: readonly WrappedKey[]): string | null {
  const count = Math.max(meant.length, read.length);
  for (let i = 0; i < count; i++) {
    const [asked, found] = [meant[i], read[i]];
    if (asked === undefined || found?.type !== asked.type) return `a key of type ${kindOfOne(asked, found)}`;
    const field = fieldDifference(asked, found);
    if (field !== null) return `the field ${field} of a key of type ${asked.type}`;
  }
  return null;
}

/** Of two keys in the same place the one that the other side lacks: that of the kind that comes first. */
function kindOfOne(asked: WrappedKey | undefined, found: WrappedKey | undefined): string {
  const [first] = [asked, found].filter((key) => key !== undefined).sort((a, b) => rank(a) - rank(b));
  return first?.type ?? "";
}

/** As the block has them: kind by kind. A kind that it has no list for comes first. */
function inBlockOrder(group: KeyGroup | undefined): readonly WrappedKey[] {
  return [...(group?.keys ?? [])].sort((a, b) => rank(a) - rank(b));
}

const rank = ({ type }: WrappedKey): number => KEY_TYPE_NAMES.indexOf(type);

function fieldDifference(meant: WrappedKey, read: WrappedKey): string | null {
  if (meant.enc !== read.enc) return "enc";
  const names = new Set([...Object.keys(meant.fields), ...Object.keys(read.fields)]);
  return [...names].find((name) => fieldText(meant, name) !== fieldText(read, name)) ?? null;
}

function fieldText(key: WrappedKey, name: string): string {
  const value = key.fields[name] ?? "";
  if (typeof value === "object") return Object.entries(value).sort().map(pair).join();
  return name === "created_at" ? (normaliseSeconds(value) ?? value) : value;
}

function pair([name, value]: readonly [string, string]): string {
  return JSON.stringify([name, value]);
}
