import { readKey } from "../parse/read-key.ts";

/**
 * A key's name (byte string) as SOPS writes it. Beyond SOPS, a name that would read back as a comment or a header is
 * quoted too. Null: no spelling reads back as this name.
 */
export function spellKey(name: string): string | null {
  const spelled = quoteKey(name);
  if (/\n/.test(name) || /^[#;[]/.test(spelled)) return null;
  const read = readKey(`${spelled} = v`);
  return typeof read !== "string" && read.name === name && !read.junk ? spelled : null;
}

function quoteKey(name: string): string {
  if (/["=:]/.test(name) || /^[#;[]/.test(name)) return `\`${name}\``;
  return name.includes("`") ? `"""${name}"""` : name;
}
