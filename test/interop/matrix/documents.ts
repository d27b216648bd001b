import type { FormatName } from "../../../src/core/model/format.ts";

/** The name that each format goes by in the cases. */
export const EXTENSION: Readonly<Record<FormatName, string>> = {
  yaml: "yaml",
  json: "json",
  dotenv: "env",
  ini: "ini",
  binary: "bin",
};

const YAML_DATA = `# the head
name: alpha
count: 42
ratio: 1.5
big: 9007199254740993
on: true
nothing: null
empty: ""
day: 2024-01-02
at: 2006-01-02T15:04:05+07:06
text: |
    two
    lines
quoted: "tab\\t and \\u00e9"
colon: "a: b"
map:
    # inside
    deep:
        deeper: x
    other: y
list:
    - one
    - 2
    - 3.5
    - false
    - null
    - key: value
      more: values
    - - nested
      - again
no_map: {}
no_list: []
plain_unencrypted: clear
`;

export const YAML_DOCUMENTS = `a: 1
b: two
---
a: other
c:
    - x
`;

export const YAML_COMMENTED_LIST = `list:
    # first
    - one
    # second
    - two
`;

const JSON_DATA = `{
	"name": "alpha",
	"count": 42,
	"ratio": 1.5,
	"big": 9007199254740993,
	"on": true,
	"nothing": null,
	"empty": "",
	"text": "two\\nlines",
	"quoted": "tab\\t \\"and\\" é <&>",
	"map": {
		"deep": {
			"deeper": "x"
		},
		"other": "y"
	},
	"list": [
		"one",
		2,
		3.5,
		false,
		null,
		{
			"key": "value"
		},
		[
			"nested"
		]
	],
	"no_map": {},
	"no_list": [],
	"plain_unencrypted": "clear"
}
`;

const DOTENV_DATA = `# a comment
NAME=alpha
COUNT=42
EMPTY=
SPACED=a b  c
QUOTED="in quotes"
EQUALS=a=b=c
LINES=one\\ntwo
PLAIN_unencrypted=clear
`;

const INI_DATA = `; of the file
[main]
; of the key
name  = alpha
count = 42
empty =
hash  = a#b
on    = true

[second section]
name              = beta
plain_unencrypted = clear
`;

const BINARY_DATA = new Uint8Array([0, 1, 2, 255, 254, 10, 13, 10, 0x22, 0x7b, 0x7d, 0xc3, 0x28]);

/** A text of each format with all that it can hold. */
export const DATA: Readonly<Record<FormatName, string | Uint8Array>> = {
  yaml: YAML_DATA,
  json: JSON_DATA,
  dotenv: DOTENV_DATA,
  ini: INI_DATA,
  binary: BINARY_DATA,
};

/** A flat text of strings in each format: what every other can take in some form. */
export const FLAT: Readonly<Record<FormatName, string>> = {
  yaml: "a: x\nb: y\n",
  json: '{\n\t"a": "x",\n\t"b": "y"\n}\n',
  dotenv: "a=x\nb=y\n",
  ini: "[s]\na = x\nb = y\n",
  binary: "just a text\n",
};
