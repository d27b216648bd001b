import type { SealedText, Site } from "../../../src/core/model/format.ts";
import type { Comment, Node, Scalar, Tree } from "../../../src/core/model/tree.ts";
import { yamlFormat } from "../../../src/formats/yaml/index.ts";
import { entry, map, str } from "../../../src/core/model/tree.ts";

/** All leaves and comments of a tree, in order, with whether a key above them ends in `_unencrypted`. */
export function sitesOf(tree: Tree): { site: Site; clear: boolean }[] {
  const found: { site: Site; clear: boolean }[] = [];
  const walk = (node: Node | Comment, clear: boolean): void => {
    if (node.type === "map")
      for (const item of node.entries)
        if (item.type === "comment") walk(item, clear);
        else walk(item.value, clear || item.key.endsWith("_unencrypted"));
    else if (node.type === "list") for (const item of node.items) walk(item, clear);
    else if (node.type !== "null") found.push({ site: node, clear });
  };
  for (const document of tree.documents) walk(document, false);
  return found;
}

const BLOCK = map([
  entry("lastmodified", str("2026-01-02T03:04:05Z")),
  entry("mac", str("ENC[AES256_GCM,data:bQ==,iv:aQ==,tag:dA==,type:str]")),
  entry("version", str("3.13.3")),
]);

const isEmpty = (site: Site): boolean =>
  site.type === "comment" ? site.text === "" : site.value.kind === "str" && site.value.value === "";

/** Comments may be missing in the sealed text: some travel as presentation. */
const leaves = (sites: ReadonlyMap<Site, unknown>): number =>
  [...sites.keys()].filter((site) => site.type === "leaf").length;

export interface FakeSealed {
  readonly text: string;
  readonly hints: readonly string[];
  open(): string;
}

/** Seals with numbered ENC texts in place of a cipher, and opens again by looking them up. */
export function fakeSeal(plain: string, style?: string): FakeSealed {
  const source = yamlFormat.parsePlain(new TextEncoder().encode(plain));
  const sites = new Map<Site, SealedText>();
  const values = new Map<string, Scalar | string>();
  for (const { site, clear } of sitesOf(source.tree)) {
    if (clear || isEmpty(site)) continue;
    const text = `ENC[AES256_GCM,data:${String(sites.size)},iv:aQ==,tag:dA==,type:str]`;
    sites.set(site, { text, style: site.type === "leaf" ? style : undefined });
    values.set(text, site.type === "leaf" ? site.value : site.text);
  }
  const draft = source.seal(sites);
  const bytes = draft.finish(BLOCK);
  return {
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
    hints: draft.presentation.leaves.map((h) => h.spelling),
    open() {
      const sealed = yamlFormat.parseSealed(bytes);
      const opened = new Map<Site, Scalar | string>();
      for (const { site } of sitesOf(sealed.tree)) {
        const text = site.type === "comment" ? site.text : site.value.kind === "str" ? site.value.value : "";
        const value = values.get(text.replace(/\n+$/, ""));
        if (value !== undefined) opened.set(site, value);
      }
      const [made, found] = [leaves(sites), leaves(opened)];
      if (found !== made) throw new Error(`${String(made)} sealed, ${String(found)} found`);
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(sealed.open(opened, draft.presentation));
    },
  };
}
