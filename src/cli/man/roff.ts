/** Text of a man page: what roff would take for its own is escaped, a `-` is a hyphen that can be copied. */
export function text(plain: string): string {
  const escaped = plain.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return escaped.replaceAll(/^(?=[.'])/gm, "\\&");
}

export const section = (title: string): string => `.SH ${title.toUpperCase()}`;
export const subsection = (title: string): string => `.SS "${text(title)}"`;
export const bold = (plain: string): string => `\\fB${text(plain)}\\fR`;
export const paragraph = (plain: string): string => `.PP\n${text(plain)}`;

/** A term with what it means, indented. */
export const item = (term: string, meaning: string): string => `.TP\n${bold(term)}\n${text(meaning)}`;

/** Lines that stay as they are. */
export const verbatim = (lines: readonly string[]): string =>
  [".PP", ".RS 4", ".nf", ...lines.map(text), ".fi", ".RE"].join("\n");
