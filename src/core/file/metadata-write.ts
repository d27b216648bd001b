import { KEY_TYPES, type KnownKeyType } from "../../key-types/index.ts";
import type { KeyGroup, WrappedKey } from "../keys/key.ts";
import type { Metadata } from "./metadata-model.ts";
import { entry, list, map, type MapItem, type MapNode, type Node, str } from "../model/tree.ts";

/** The block as SOPS 3.13 prints it: keys sorted by their bytes at every level (format.md 5.1). */
export function writeMetadata(metadata: Metadata): MapNode {
  const items: [string, Node][] = [
    ...keyItems(metadata.groups),
    ["lastmodified", str(metadata.lastModified)],
    ["mac", str(metadata.mac)],
    ["version", str(metadata.version)],
  ];
  if (metadata.presentation !== "") items.push(["enc_presentation", str(metadata.presentation)]);
  if (metadata.macOnlyEncrypted)
    items.push(["mac_only_encrypted", { type: "leaf", value: { kind: "bool", value: true } }]);
  if (metadata.shamirThreshold !== 0)
    items.push([
      "shamir_threshold",
      { type: "leaf", value: { kind: "int", value: BigInt(metadata.shamirThreshold) } },
    ]);
  if (metadata.selector !== undefined) items.push([metadata.selector.name, str(metadata.selector.pattern)]);
  return sorted(items);
}

/** Exactly one group is written flat, any other number as `key_groups`. */
function keyItems(groups: readonly KeyGroup[]): [string, Node][] {
  const only = groups.length === 1 ? groups[0] : undefined;
  if (only !== undefined) return groupItems(only).filter(([, n]) => n.type === "list" && n.items.length > 0);
  return [["key_groups", list(groups.map((g) => sorted(groupItems(g))))]];
}

function groupItems(group: KeyGroup): [string, Node][] {
  return KEY_TYPES.flatMap(({ type, metadata }): [string, Node][] => {
    const keys = group.keys.filter((k) => k.type === type);
    if (keys.length === 0 && metadata.writtenEmpty !== true) return [];
    return [[type, list(keys.map((k) => keyNode(k, metadata)))]];
  });
}

function keyNode(key: WrappedKey, { fields, optional = [] }: KnownKeyType["metadata"]): MapNode {
  return sorted(
    fields.flatMap((name): [string, Node][] =>
      fieldItem(
        name,
        name === "enc" ? key.enc : key.fields[name],
        [...optional, "created_at"].includes(name),
      ),
    ),
  );
}

type FieldValue = WrappedKey["fields"][string] | undefined;

function fieldItem(name: string, value: FieldValue, optional: boolean): [string, Node][] {
  if (typeof value === "object") {
    const items = Object.entries(value).map(([k, v]): [string, Node] => [k, str(v)]);
    return items.length === 0 ? [] : [[name, sorted(items)]];
  }
  const text = value ?? "";
  return text === "" && optional ? [] : [[name, str(text)]];
}

function sorted(items: readonly [string, Node][]): MapNode {
  const byKey = [...items].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return map(byKey.map(([key, node]): MapItem => entry(key, node)));
}
