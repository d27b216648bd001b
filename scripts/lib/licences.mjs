import { readdirSync, readFileSync } from "node:fs";

/**
 * The licence texts of the packages that `inputs` (paths of an esbuild metafile) come from, one after the other.
 * Throws for a package without a licence file: we may not ship it.
 */
export function licencesOf(root, inputs) {
  const folders = new Set(inputs.flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const texts = [...folders].sort().map((folder) => licenceOf(root, folder));
  return `sops-ts bundles these packages.\n\n${texts.join("\n")}`;
}

function licenceOf(root, folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
  const file = readdirSync(`${root}${folder}`).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  const text = readFileSync(`${root}${folder}/${file}`, "utf8").trim();
  return `${"=".repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
}
