/** The fields of one section of an INI text; `=` or `:` between name and value, `#` and `;` begin remarks. */
export function readProfile(text: string, section: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  let inside = false;
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    if (line === "" || /^[#;]/.test(line)) continue;
    const header = /^\[([^\]]*)\]/.exec(line);
    if (header !== null) inside = header[1]?.trim() === section;
    const [, name, value = ""] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (inside && header === null && name !== undefined) fields[name] = unquoted(value);
  }
  return fields;
}

const unquoted = (value: string): string => /^(["'`])(.*)\1$/.exec(value)?.[2] ?? value;
