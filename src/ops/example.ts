import type { FormatName } from "../core/model/format.ts";

const YAML = `hello: Welcome to enc! Edit this file as you please!
example_key: example_value
# Example comment
example_array:
    - example_value1
    - example_value2
example_number: 1234.56789
example_booleans:
    - true
    - false
`;

const JSON_TEXT = `{
\t"hello": "Welcome to enc! Edit this file as you please!",
\t"example_key": "example_value",
\t"example_array": [
\t\t"example_value1",
\t\t"example_value2"
\t],
\t"example_number": 1234.56789,
\t"example_booleans": [
\t\ttrue,
\t\tfalse
\t]
}
`;

const DOTENV = `# Example comment
hello=Welcome to enc! Edit this file as you please!
example_key=example_value
example_multiline=foo\\nbar\\nbaz
`;

const INI = `[Welcome!]
; This is an example file
hello     = Welcome to enc! Edit this file as you please!
example_key = example_value
`;

const BINARY = "Welcome to enc! Edit this file as you please!";

const EXAMPLES: Readonly<Record<FormatName, string>> = {
  yaml: YAML,
  json: JSON_TEXT,
  dotenv: DOTENV,
  ini: INI,
  binary: BINARY,
};

/** What `enc edit` shows for a file that does not exist yet. */
export function exampleOf(format: FormatName): string {
  return EXAMPLES[format];
}
