import { type Case, type CaseOptions, differs, row, sealed } from "./case.ts";
import { FLAT } from "./documents.ts";

const FILES = { "f.yaml": sealed("yaml", FLAT.yaml), "p.yaml": FLAT.yaml, "p.json": FLAT.json };

const line = (text: string, more: CaseOptions = {}): Case => row(text, FILES, text, more);

const HELP = differs("prints the command's help on stdout", "stdout");
const EXCUSES: ReadonlyMap<string, CaseOptions> = new Map<string, CaseOptions>([
  ...[
    "decrypt --ignore-mac=maybe f.yaml",
    "encrypt --age $AGE1 --shamir-secret-sharing-threshold x p.yaml",
    "--indent x decrypt f.yaml",
    "decrypt --nonsense f.yaml",
    "decrypt -x f.yaml",
    "decrypt -di f.yaml",
    "decrypt --age $AGE1 f.yaml",
    "encrypt --ignore-mac p.yaml",
    "encrypt --extract x p.yaml",
    "encrypt --age",
    "decrypt --output",
  ].map((text) => [text, HELP] as const),
  [
    "encrypt --age $AGE1 --shamir-secret-sharing-threshold 2 p.yaml",
    differs("a threshold by flag where there is one key group", "exit", "stdout"),
  ],
  ...["decrypt --input-type= f.yaml", "decrypt --output= f.yaml"].map(
    (text) => [text, differs("a flag with an empty value", "exit", "stdout")] as const,
  ),
  ["encrypt --age $AGE1 --age $AGE2 p.yaml", differs("`--age A --age B`", "stdout")],
]);

const spellings = [
  "decrypt -output out f.yaml",
  "decrypt --output=out f.yaml",
  "decrypt -output=out f.yaml",
  "decrypt f.yaml --output out",
  "decrypt f.yaml -output out",
  "decrypt f.yaml --output=out",
  "decrypt --output-type json f.yaml",
  "decrypt -output-type=json f.yaml",
  "decrypt f.yaml --output-type json",
  "decrypt --ignore-mac f.yaml",
  "decrypt --ignore-mac=true f.yaml",
  "decrypt --ignore-mac=false f.yaml",
  "decrypt --ignore-mac=1 f.yaml",
  "decrypt --ignore-mac=T f.yaml",
  "decrypt --ignore-mac=maybe f.yaml",
  "decrypt f.yaml --ignore-mac",
  "decrypt -i f.yaml",
  "decrypt --in-place f.yaml",
  "decrypt -in-place f.yaml",
  "decrypt --i f.yaml",
  "decrypt -i=true f.yaml",
  "decrypt -i=false f.yaml",
  "decrypt f.yaml -i",
  "decrypt -- f.yaml",
  "decrypt --ignore-mac -- f.yaml",
  "decrypt --input-type yaml --output-type yaml f.yaml",
  "decrypt --output-type json --output-type yaml f.yaml",
  "decrypt --decryption-order age f.yaml",
  "decrypt --decryption-order pgp,age f.yaml",
  "decrypt --decryption-order age,pgp,kms,gcp_kms,azure_kv,hc_vault,hckms f.yaml",
  "decrypt --decryption-order '' f.yaml",
  "decrypt --decryption-order age,age f.yaml",
  "decrypt --decryption-order age,nonsense,age f.yaml",
  "edit --decryption-order age,age f.yaml",
  "set --decryption-order age,age f.yaml '[\"a\"]' '\"x\"'",
  "unset --decryption-order age,age f.yaml '[\"a\"]'",
  "exec-env --decryption-order age,age f.yaml true",
  "exec-file --decryption-order age,age f.yaml true",
  "-d --decryption-order age,age f.yaml",
  "decrypt --enable-local-keyservice f.yaml",
  "decrypt --enable-local-keyservice=true f.yaml",
  "decrypt --enable-local-keyservice=false f.yaml",
  "decrypt --extract '[\"a\"]' f.yaml --output-type json",
  "decrypt --filename-override x.json f.yaml",
  "decrypt --input-type= f.yaml",
  "decrypt --output= f.yaml",
  "encrypt --age $AGE1 p.yaml",
  "encrypt -age $AGE1 p.yaml",
  "encrypt -a $AGE1 p.yaml",
  "encrypt --a=$AGE1 p.yaml",
  "encrypt --age=$AGE1 p.yaml",
  "encrypt p.yaml --age $AGE1",
  "encrypt p.yaml -a $AGE1 -i",
  "encrypt p.yaml -i --age $AGE1",
  "encrypt --age $AGE1 -i p.yaml",
  "encrypt --age $AGE1,$AGE2 p.yaml",
  "encrypt --age $AGE1 --age $AGE2 p.yaml",
  "encrypt --age ' $AGE1 , $AGE2 ' p.yaml",
  "encrypt --age $AGE1 --output out.yaml p.yaml",
  "encrypt --age $AGE1 --output-type json p.yaml",
  "encrypt --age $AGE1 -i --output out p.yaml",
  "encrypt --age $AGE1 --filename-override x.json p.json",
  "encrypt --age $AGE1 --filename-override x.bin p.json",
  "encrypt --age $AGE1 --shamir-secret-sharing-threshold 1 p.yaml",
  "encrypt --age $AGE1 --shamir-secret-sharing-threshold 2 p.yaml",
  "encrypt --age $AGE1 --shamir-secret-sharing-threshold x p.yaml",
  "--indent 2 encrypt --age $AGE1 p.json",
  "--indent=2 encrypt --age $AGE1 p.json",
  "-indent 2 decrypt f.yaml",
  "--indent x decrypt f.yaml",
  "--config /dev/null decrypt f.yaml",
].map((text) => line(text, EXCUSES.get(text)));

const mistakes = [
  "decrypt --nonsense f.yaml",
  "decrypt -x f.yaml",
  "decrypt -di f.yaml",
  "decrypt --age $AGE1 f.yaml",
  "encrypt --ignore-mac p.yaml",
  "encrypt --extract x p.yaml",
  "encrypt --age",
  "decrypt --output",
  "encrypt --age '' p.yaml",
  "encrypt --age , p.yaml",
  "encrypt --age nonsense p.yaml",
  "encrypt --age $AGE1,nonsense p.yaml",
  "encrypt --pgp 0000000000000000000000000000000000000000 p.yaml",
  "encrypt --kms nonsense p.yaml",
  "encrypt --gcp-kms nonsense p.yaml",
  "encrypt --azure-kv nonsense p.yaml",
  "encrypt --hc-vault-transit nonsense p.yaml",
  "encrypt --hckms nonsense p.yaml",
  "encrypt --age $AGE1 --encryption-context nonsense p.yaml",
  "encrypt --encryption-context nonsense --kms arn:aws:kms:us-east-1:123456789012:key/x p.yaml",
  "encrypt --age $AGE1 f.yaml",
  "encrypt --age $AGE1 missing.yaml",
  "encrypt --age $AGE1 --output none/out.yaml p.yaml",
  "encrypt --age $AGE1 --output . p.yaml",
  "decrypt missing.yaml",
  "decrypt p.yaml",
  "decrypt --output none/out f.yaml",
  "decrypt --output . f.yaml",
  "decrypt -i --output out f.yaml",
  "decrypt .",
  "encrypt --age $AGE1 .",
].map((text) => line(text, EXCUSES.get(text)));

const stdin = [
  ...["yaml", "json", "dotenv", "ini", "binary"].map((type) =>
    row(
      `encrypt stdin as ${type}`,
      {},
      `encrypt --age $AGE1 --filename-override x --input-type ${type} --output-type ${type}`,
      {
        stdin:
          type === "yaml"
            ? FLAT.yaml
            : type === "json"
              ? FLAT.json
              : type === "dotenv"
                ? FLAT.dotenv
                : FLAT.ini,
      },
    ),
  ),
  ...[
    "x.yaml",
    "x.json",
    "x.env",
    "x.ini",
    "x.txt",
    "x",
    ".env",
    "x.YAML",
    "x.yml",
    "x.yaml.enc",
    "d/x.json",
  ].map((name) =>
    row(`encrypt stdin as ${name}`, {}, `encrypt --age $AGE1 --filename-override ${name}`, {
      stdin: '{"a": "x"}\n',
    }),
  ),
  row("encrypt stdin without a name", {}, "encrypt --age $AGE1", { stdin: "a: b\n" }),
  row("encrypt stdin with a type and no name", {}, "encrypt --age $AGE1 --input-type yaml", {
    stdin: "a: b\n",
  }),
  row("encrypt stdin in place", {}, "encrypt -i --age $AGE1 --filename-override x.yaml", { stdin: "a: b\n" }),
  row("encrypt stdin to a file", {}, "encrypt --age $AGE1 --filename-override x.yaml --output out.yaml", {
    stdin: "a: b\n",
  }),
  row("encrypt nothing on stdin", {}, "encrypt --age $AGE1 --filename-override x.yaml"),
  row("decrypt nothing on stdin", {}, "decrypt --input-type yaml"),
  row("decrypt stdin in place", {}, "decrypt -i", { stdin: "a: b\n" }),
  row("decrypt stdin that is plain", {}, "decrypt --input-type yaml", { stdin: "a: b\n" }),
  row("decrypt stdin that is no JSON", {}, "decrypt", { stdin: "a: b\n" }),
];

const EMPTY = ["yaml", "json", "env", "ini", "bin"].flatMap((ext) =>
  ["", "\n", "# c\n"].map((text) =>
    row(`encrypt ${JSON.stringify(text)} as ${ext}`, { [`f.${ext}`]: text }, `encrypt --age $AGE1 f.${ext}`),
  ),
);

const BAD_TEXTS: Readonly<Record<string, string>> = {
  "list.yaml": "- a\n",
  "scalar.yaml": "text\n",
  "number.yaml": "5: a\n",
  "null-key.yaml": "~: a\n",
  "twice.yaml": "a: 1\na: 2\n",
  "open.yaml": "a: [\n",
  "tab.yaml": "a:\n\tb: c\n",
  "reserved.yaml": "sops: x\n",
  "reserved-below.yaml": "a:\n    sops: x\n",
  "second.yaml": "a: 1\n---\nsops: x\n",
  "null-document.yaml": "---\n---\na: 1\n",
  "big.yaml": "a: 18446744073709551615\n",
  "huge.yaml": "a: 99999999999999999999999\n",
  "inf.yaml": "a: .inf\n",
  "binary.yaml": "a: !!binary aGk=\n",
  "tag.yaml": "a: !custom x\n",
  "merge.yaml": "x: &x\n    b: 1\ny:\n    <<: *x\n",
  "alias.yaml": "x: &x [1, 2]\ny: *x\n",
  "list.json": "[1]\n",
  "scalar.json": "5\n",
  "open.json": "{",
  "comma.json": '{"a": 1,}',
  "single.json": "{'a': 1}",
  "reserved.json": '{"sops": {}}',
  "number.json": '{"a": 1e400}',
  "nul.json": '{"a": "\\u0000"}',
  "bare.env": "novalue\n",
  "reserved.env": "sops_version=1\n",
  "export.env": "export a=b\n",
  "odd.env": "=x\n",
  "key.ini": "novalue\n",
  "reserved.ini": "[sops]\na = b\n",
  "open.ini": "[open\na = b\n",
  "twice.ini": "[s]\na = 1\na = 2\n",
};

const TEXT_EXCUSES: ReadonlyMap<string, CaseOptions> = new Map([
  ["second.yaml", differs("the key `sops` in a second document", "exit")],
  ["big.yaml", differs("an integer of 2^63 to 2^64-1 in YAML", "exit")],
]);

const texts = Object.entries(BAD_TEXTS).map(([name, text]) =>
  row(`encrypt ${name}`, { [name]: text }, `encrypt --age $AGE1 ${name}`, TEXT_EXCUSES.get(name)),
);

const VARIABLES: Readonly<Record<string, string>> = {
  SOPS_AGE_RECIPIENTS: "$AGE2",
  SOPS_PGP_FP: "0000000000000000000000000000000000000000",
  SOPS_KMS_ARN: "nonsense",
  SOPS_GCP_KMS_IDS: "nonsense",
  SOPS_AZURE_KEYVAULT_URLS: "nonsense",
  SOPS_VAULT_URIS: "nonsense",
  SOPS_HUAWEICLOUD_KMS_IDS: "nonsense",
};

const environment = [
  ...Object.entries(VARIABLES).map(([name, value]) =>
    row(`keys of ${name}`, FILES, "encrypt p.yaml", { env: { [name]: value } }),
  ),
  row("two recipients of the environment", FILES, "encrypt p.yaml", {
    env: { SOPS_AGE_RECIPIENTS: "$AGE1,$AGE2" },
  }),
  row("a flag before the environment", FILES, "encrypt --age $AGE1 p.yaml", {
    env: { SOPS_AGE_RECIPIENTS: "$AGE2" },
  }),
  row(
    "the environment before the rule",
    { ...FILES, ".sops.yaml": "creation_rules:\n  - age: $AGE1\n" },
    "encrypt p.yaml",
    { env: { SOPS_AGE_RECIPIENTS: "$AGE2" } },
  ),
  row(
    "an empty variable",
    { ...FILES, ".sops.yaml": "creation_rules:\n  - age: $AGE1\n" },
    "encrypt p.yaml",
    { env: { SOPS_AGE_RECIPIENTS: "" } },
  ),
  row("the order of the environment", FILES, "decrypt f.yaml", { env: { SOPS_DECRYPTION_ORDER: "pgp,age" } }),
  row("a bad order of the environment", FILES, "decrypt f.yaml", {
    env: { SOPS_DECRYPTION_ORDER: "age,age" },
  }),
  row("the flag before the order of the environment", FILES, "decrypt --decryption-order age f.yaml", {
    env: { SOPS_DECRYPTION_ORDER: "age,age" },
  }),
  row("no local key service by the environment", FILES, "decrypt f.yaml", {
    env: { SOPS_ENABLE_LOCAL_KEYSERVICE: "false" },
  }),
  row("an empty local key service", FILES, "decrypt f.yaml", {
    env: { SOPS_ENABLE_LOCAL_KEYSERVICE: "" },
    ...differs("an empty `SOPS_ENABLE_LOCAL_KEYSERVICE`", "exit", "stdout"),
  }),
  row("an unreachable key service", FILES, "decrypt --keyservice tcp://127.0.0.1:1 f.yaml"),
  row(
    "an unreachable key service alone",
    FILES,
    "decrypt --enable-local-keyservice=false --keyservice tcp://127.0.0.1:1 f.yaml",
  ),
];

const GLOBAL = differs("global options before a command", "exit", "stdout");

export const argumentCases: readonly Case[] = [
  ...spellings,
  ...mistakes,
  ...stdin,
  ...EMPTY,
  ...texts,
  ...environment,
  line("encrypt -i p.yaml --age $AGE1", differs("option order", "exit", "files")),
  line("--input-type json decrypt f.yaml", GLOBAL),
  line("decrypt f.yaml p.yaml", differs("two operands where one is taken", "exit", "stdout")),
  line("encrypt --age $AGE1 p.yaml p.json", differs("two operands where one is taken", "exit", "stdout")),
  line("filestatus f.yaml p.yaml", differs("`filestatus` of several files", "stdout")),
];
