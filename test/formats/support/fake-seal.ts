import { fromBase64, toBase64 } from "../../../src/core/base/base64.ts";
import type { Format, PlainSource, SealedSource, SealedText, Site } from "../../../src/core/model/format.ts";
import { looseBytes, looseText } from "../../../src/core/base/loose-text.ts";
import { plaintextOf } from "../../../src/core/model/value.ts";
import {
  entry,
  map,
  type MapNode,
  type Node,
  type Scalar,
  str,
  type Tree,
} from "../../../src/core/model/tree.ts";

/** A metadata block that needs every step of flattening. */
export const BLOCK: MapNode = map([
  entry("age", {
    type: "list",
    items: [map([entry("enc", str("-----BEGIN\nabc\n-----END\n")), entry("recipient", str("age1x"))])],
  }),
  entry("lastmodified", str("2026-01-02T03:04:05Z")),
  entry("mac", str("ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]")),
  entry("version", str("3.13.3")),
]);

/** Every leaf and comment of a tree in walk order, those that are not empty. */
export function sitesOf(tree: Tree): Site[] {
  const sites: Site[] = [];
  const visit = (node: Node | Site): void => {
    if (node.type === "map")
      for (const item of node.entries) visit(item.type === "entry" ? item.value : item);
    else if (node.type === "list") node.items.forEach(visit);
    else if (node.type === "leaf" && plaintextOf(node.value).length > 0) sites.push(node);
    else if (node.type === "comment" && node.text !== "") sites.push(node);
  };
  tree.documents.forEach(visit);
  return sites;
}

/** Not encryption: base64 in the shape of an ENC text. */
function fakeEnc(site: Site): SealedText {
  const bytes = site.type === "comment" ? looseBytes(site.text) : plaintextOf(site.value);
  const type = site.type === "comment" ? "comment" : site.value.kind;
  return { text: `ENC[AES256_GCM,data:${toBase64(bytes)},iv:aXY=,tag:dGFn,type:${type}]` };
}

function fakeOpen(text: string): Scalar | string | undefined {
  const [, data, type] = /^ENC\[AES256_GCM,data:([^,]*),iv:aXY=,tag:dGFn,type:(\w+)\]$/.exec(text) ?? [];
  const bytes = data === undefined ? null : fromBase64(data);
  if (bytes === null) return undefined;
  if (type === "bytes") return { kind: "bytes", value: bytes };
  const value = looseText(bytes);
  return type === "comment" ? value : { kind: "str", value };
}

/** Seals what `chosen` picks; everything by default. */
export function fakeSeal(
  source: PlainSource,
  chosen: (site: Site, i: number) => boolean = () => true,
): ReturnType<PlainSource["seal"]> {
  return source.seal(
    new Map(
      sitesOf(source.tree)
        .filter(chosen)
        .map((site) => [site, fakeEnc(site)]),
    ),
  );
}

export function openedSites(source: SealedSource): Map<Site, Scalar | string> {
  const sites = new Map<Site, Scalar | string>();
  for (const site of sitesOf(source.tree)) {
    const text = site.type === "comment" ? site.text : site.value.kind === "str" ? site.value.value : "";
    const value = fakeOpen(text);
    if (value !== undefined) sites.set(site, value);
  }
  return sites;
}

export interface RoundTrip {
  readonly plain: Uint8Array;
  readonly sealed: Uint8Array;
  readonly opened: Uint8Array;
}

/** Plain text to sealed file and back. */
export function roundTrip(
  format: Format,
  plain: Uint8Array,
  chosen?: (site: Site, i: number) => boolean,
): RoundTrip {
  const draft = fakeSeal(format.parsePlain(plain), chosen);
  const sealed = draft.finish(BLOCK);
  const source = format.parseSealed(sealed);
  return { plain, sealed, opened: source.open(openedSites(source), draft.presentation) };
}
