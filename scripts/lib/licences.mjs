import { readdirSync, readFileSync } from "node:fs";

/** Up to the innermost package: a package may hold packages of its own. */
const PACKAGE = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/;
const APACHE_TITLE = /Apache License\s+Version 2\.0/;

/**
 * The licence texts of the packages that `inputs` (paths relative to `root`) come from, one after the other.
 * Throws for a package without one: we may not ship it.
 */
export function licencesOf(root, inputs) {
  const folders = new Set(inputs.flatMap((path) => PACKAGE.exec(path) ?? []));
  const packages = [...folders].map((folder) => readPackage(root + folder));
  const apache = packages.find(({ text }) => APACHE_TITLE.test(text ?? ""));
  const titlesByText = new Map();
  for (const each of packages) {
    const text = wholeText(each, apache);
    titlesByText.set(text, new Set(titlesByText.get(text)).add(`${each.title} (${each.license})`));
  }
  const sections = [...titlesByText].map(
    ([text, titles]) => `${"=".repeat(80)}\n${[...titles].sort().join("\n")}\n\n${text}\n`,
  );
  return `sops-ts bundles these packages.\n\n${sections.sort().join("\n")}`;
}

function wholeText({ title, license, text, notice }, apache) {
  // Some packages of a family carry no text. One copy of it is enough (Apache License 2.0, section 4).
  const shared =
    license === "Apache-2.0" && apache
      ? `Apache License 2.0: its text stands under ${apache.title}.`
      : undefined;
  if ((text ?? shared) === undefined) throw new Error(`${title} has no licence text`);
  return [text ?? shared, notice].filter((part) => part !== undefined).join("\n\n");
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const names = readdirSync(folder);
  const read = (pattern) => {
    const found = names.find((each) => pattern.test(each));
    return found === undefined ? undefined : readFileSync(`${folder}/${found}`, "utf8").trim();
  };
  const text = read(/^licen[cs]e/i) ?? licenceInReadme(read(/^readme/i) ?? "");
  return { title: `${name} ${version}`, license, text, notice: read(/^notice/i) };
}

/** From the heading `License` to the end, where the copyright stands below it. */
function licenceInReadme(readme) {
  const at = readme.search(/^#*\s*licen[cs]e\s*$/im);
  const text = at < 0 ? "" : readme.slice(at);
  return /copyright/i.test(text) && /permission is hereby granted/i.test(text) ? text : undefined;
}
