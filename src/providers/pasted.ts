/**
 * A name that a file or its key chose, for a command line in a hint: the user may paste that into a shell. A name that
 * a shell would read as more than one plain word, or a program as a flag, is left out: `placeholder` stands there.
 */
export function pasted(name: string, placeholder: string): string {
  return /^[\w./:][\w./:@+=,-]*$/.test(name) ? name : placeholder;
}
