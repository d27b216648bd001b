import { type Case, row, sealed } from "./case.ts";
import { BELOW } from "./set.ts";

/** What sops tests of its tree (sops_test.go), under the names of its tests, where no other part of the matrix has it. */

const rule = (selector: string): string => `creation_rules:\n  - age: $AGE1\n    ${selector}\n`;

/** Marks before a scalar, a map, a list, an item; later comments of a run, and values without any. */
const MARKED = `# first
a: one
# sops:enc
# later
b: two
# sops:enc
map:
    c: three
    # plain
    d:
        - four
list:
    - five
    # sops:enc
    - six
    - seven
    # sops:enc
    - deep:
        - eight
        # nine
        - ten
e: end
`;
const MARKED_ENV = "# first\na=1\n# sops:enc\n# later\nb=2\nc=3\n";
const MARKED_INI = "; first\n[s]\n; sops:enc\na = 1\nb = 2\n\n; sops:enc\n[t]\nc = 3\n";

const commentRules = ["encrypted_comment_regex", "unencrypted_comment_regex"].flatMap((selector) =>
  Object.entries({ "f.yaml": MARKED, "f.env": MARKED_ENV, "f.ini": MARKED_INI }).map(([name, plain]) =>
    row(`Test ${selector} ${name}`, { ".sops.yaml": rule(`${selector}: sops:enc`), [name]: plain }, [
      `encrypt -i ${name}`,
    ]),
  ),
);

const legacyComments = ["encrypted", "unencrypted"].map((which) =>
  row(
    `Test --${which}-comment-regex without a command`,
    { ".sops.yaml": "creation_rules:\n  - age: $AGE1\n", "f.yaml": MARKED },
    `-e --${which}-comment-regex sops:enc f.yaml`,
  ),
);

const SALTED = "a: x\nb: y\n";
const salted = (flags: string, change: (text: string) => string, name: string): Case =>
  row(name, { "f.yaml": sealed("yaml", SALTED, { flags, change }) }, [
    "decrypt f.yaml",
    "decrypt --ignore-mac f.yaml",
    `set f.yaml '["b"]' '"z"'`,
  ]);
const AGE = "--age $AGE1 --encrypted-regex ^a$";
const FLAG = /( +)(encrypted_regex: .*\n)/;

const mac: readonly Case[] = [
  salted(AGE, (t) => t.replace("b: y", "b: z"), "TestMACOnlyEncrypted, off: a clear value changed"),
  salted(AGE, (t) => t.replace(FLAG, "$1$2$1mac_only_encrypted: true\n"), "TestMACOnlyEncryptedNoConfusion"),
  ...["true", "false"].map((value) =>
    row(
      `TestMACOnlyEncrypted ${value}: a clear value changed by hand`,
      {
        ".sops.yaml": rule(`encrypted_regex: ^a$\n    mac_only_encrypted: ${value}`),
        "f.yaml": SALTED,
      },
      ["encrypt -i f.yaml", `set f.yaml '["b"]' '"z"'`, "rotate -i f.yaml", "decrypt f.yaml"],
    ),
  ),
  row(
    "a flag beside the rule's MAC choice",
    { ".sops.yaml": rule("mac_only_encrypted: false"), "f.yaml": SALTED },
    "--mac-only-encrypted encrypt f.yaml",
  ),
];

const EMPTY = { "f.yaml": sealed("yaml", "{}\n"), "f.json": sealed("json", "{}\n") };
const NESTED = sealed(
  "yaml",
  "foo:\n    bar:\n        - x\n        - baz: y\n    s: t\nlist:\n    - - 1\n      - 2\n",
);

const edits: readonly Case[] = [
  ...["yaml", "json"].map((type) =>
    row(`TestSetNewKeyOnEmptyBranch ${type}`, EMPTY, [
      `set f.${type} '["foo"]["bar"]["baz"]' '"x"'`,
      `set f.${type} '["foo"]["bar"]["more"]' '"y"'`,
      `unset f.${type} '["foo"]["bar"]'`,
      `unset f.${type} '["foo"]'`,
    ]),
  ),
  row("TestSetNewBranch", { "f.yaml": NESTED }, `set f.yaml '["a"]["b"]["c"]' '"x"'`),
  row("TestSetNewKeyUnchanged", { "f.yaml": NESTED }, `set --idempotent f.yaml '["foo"]["s"]' '"t"'`),
  row("TestSetArrayDeepNew", { "f.yaml": NESTED }, `set f.yaml '["foo"]["bar"][2]["foo"]' '"x"'`),
  row("TestSetNewKeyDeep", { "f.yaml": NESTED }, `set f.yaml '["foo"]["s"]["deep"]' '"x"'`, BELOW),
  row("TestSetArray", { "f.yaml": NESTED }, `set f.yaml '["foo"]["bar"][0]' '"z"'`),
  row("TestSetArrayNew", { "f.yaml": NESTED }, `set f.yaml '["new"][0][0]' '"x"'`),
  row("TestSetArray, in a list of lists", { "f.yaml": NESTED }, `set f.yaml '["list"][0][1]' '"x"'`),
  row("TestSetArrayLeafNewItem", { "f.yaml": NESTED }, `set f.yaml '["foo"]["bar"][7]' '"x"'`),
  row("TestSetArrayNonLeaf", { "f.yaml": NESTED }, `set f.yaml '["foo"]["bar"][0]["k"]' '"x"'`, BELOW),
  row("TestUnsetArrayItem, TestUnsetArrayLastItem", { "f.yaml": NESTED }, [
    `unset f.yaml '["foo"]["bar"][0]'`,
    `unset f.yaml '["foo"]["bar"][0]["baz"]'`,
    `unset f.yaml '["foo"]["bar"][0]'`,
    "decrypt f.yaml",
  ]),
  row("TestUnset*NotFound", { "f.yaml": NESTED }, [
    `unset f.yaml '["foo"]["none"]'`,
    `unset f.yaml '["foo"]["bar"][1]["none"]'`,
    `unset f.yaml '["foo"]["bar"][2]'`,
    `unset f.yaml '["foo"]["s"]["none"]'`,
  ]),
  row("TestTruncateTree*", { "f.yaml": NESTED }, [
    `decrypt --extract '["foo"]["bar"][1]["baz"]' f.yaml`,
    `decrypt --extract '["foo"]["none"]' f.yaml`,
    `decrypt --extract '["foo"]["s"][0]' f.yaml`,
    `decrypt --extract '["foo"]["bar"][2]' f.yaml`,
    `decrypt --extract '["list"][0][1]' f.yaml`,
  ]),
];

const ALL = "t: text\ni: 1\nf: 1.5\nb: true\nn: null\nm:\n    e: {}\nl:\n    - 1\n    - null\n    - []\n";

const kinds: readonly Case[] = [
  row("TestEncrypt, TestDecrypt: every kind", { "f.yaml": ALL, "s.yaml": sealed("yaml", ALL) }, [
    "encrypt -i --age $AGE1 f.yaml",
    "decrypt -i s.yaml",
  ]),
  row(
    "TestDecryptUnencryptedComments",
    { "f.yaml": sealed("yaml", "# one\na: b\n", { change: (t) => t.replace(/^#ENC.*$/m, "# one") }) },
    "decrypt f.yaml",
  ),
  row(
    "TestEncryptEmptyComment",
    { "f.yaml": "#\na: b\n#\nc:\n    #\n    d: e\n" },
    "encrypt -i --age $AGE1 f.yaml",
  ),
  row("TestDecryptEmptyValue", { "f.yaml": sealed("yaml", 'a: ""\nb: " "\nc: x\n') }, "decrypt f.yaml"),
  row(
    "TestTimestamps",
    {
      "f.yaml": sealed(
        "yaml",
        "a: 2025-01-02\nb: 2025-01-02T03:04:05Z\nc: 2025-01-02T03:04:05+02:30\nd: 2025-01-02 03:04:05\ne: 2025-01-02T03:04:05.5-11:00\n",
      ),
    },
    ["decrypt f.yaml", "decrypt --output-type json f.yaml", "rotate -i f.yaml"],
  ),
  row("TestEmitAsMap: documents merged", { "f.yaml": sealed("yaml", "a: 1\n# c\nb: 2\n---\na: 3\nc: 4\n") }, [
    `exec-env f.yaml 'env | grep -E "^[abc]=" | sort > out'`,
  ]),
];

const ORDERS = [
  "age,pgp",
  "pgp,age",
  "kms,age",
  "age,kms,pgp,gcp_kms,azure_kv,hc_vault,hckms",
  "",
  "hckms",
  "nonsense",
];
const orders = ORDERS.map((order) =>
  row(
    `TestSortKeyGroupIndices "${order}"`,
    { "f.yaml": sealed("yaml", SALTED, { flags: "--age $AGE3,$AGE2,$AGE1" }) },
    `decrypt --decryption-order '${order}' f.yaml`,
  ),
);

export const coreCases: readonly Case[] = [
  ...commentRules,
  ...legacyComments,
  ...mac,
  ...edits,
  ...kinds,
  ...orders,
];
