import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { type CliResult, enc, encProgram } from "../support/cli.ts";
import { type GpgHome, makeGpgHome, makeKey } from "../support/gpg-home.ts";
import { describeWith } from "../support/parts.ts";

/*
 * What sops tests of itself with its real binary (functional-tests), under the same names, said anew of enc. Its keys are
 * PGP keys that it carries; these are made for the run, the second of two key groups without its secret key.
 * The lines that need KMS, S3 or Vault are in checklist-servers.test.ts.
 */

/** Files that a real sops sealed, and what it opens them to. */
const FIXTURES = fileURLToPath(new URL("../../fixtures/sops-3.12.2", import.meta.url));

let home: GpgHome;
let mine = "";
let lost = "";
let dir = "";
let bundle: Awaited<ReturnType<typeof bundleCli>>;

beforeAll(async () => {
  home = makeGpgHome();
  [mine] = makeKey(home, "mine");
  [lost] = makeKey(home, "lost");
  home.gpg(["--batch", "--yes", "--delete-secret-keys", lost]);
  bundle = await bundleCli();
});
afterAll(() => {
  home.stop();
  bundle.remove();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-checklist-"));
  put(".sops.yaml", rulesOf(mine, lost));
  return () => {
    rmSync(dir, { recursive: true, force: true });
  };
});

function rulesOf(key: string, other: string): string {
  return `creation_rules:
  - path_regex: roundtrip_keygroups
    key_groups: [{ pgp: [${key}] }, { pgp: [${key}] }]
  - path_regex: missing_decryption_key
    key_groups: [{ pgp: [${key}] }, { pgp: [${other}] }]
  - path_regex: multiple_keys
    key_groups: [{ pgp: [${other}, ${key}] }]
  - path_regex: no_keygroups
    encrypted_suffix: ""
  - path_regex: zero_keygroups
    key_groups: []
  - path_regex: empty_keygroup
    key_groups: [{}]
  - pgp: ${key}
`;
}

const put = (name: string, text: string | Uint8Array): void => {
  writeFileSync(join(dir, name), text);
};
const get = (name: string): string => readFileSync(join(dir, name), "utf8");
const environment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: dir,
  TMPDIR: tmpdir(),
  GNUPGHOME: home.path,
});
const run = (argv: readonly string[], stdin = ""): Promise<CliResult> =>
  enc(argv, { cwd: dir, env: environment(), stdin: Buffer.from(stdin) });
const program = (argv: readonly string[]): Promise<CliResult> =>
  encProgram(bundle.program, argv, { cwd: dir, env: environment() });

async function good(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(argv);
  expect(code, stderr).toBe(0);
  return stdout.toString();
}

/** A file of this text, encrypted in place. */
async function encrypted(name: string, text: string | Uint8Array): Promise<string> {
  put(name, text);
  await good("encrypt", "-i", name);
  return get(name);
}

const record = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const asJson = async (name: string): Promise<Record<string, unknown>> =>
  record(await good("decrypt", "--output-type", "json", name));
const SEALED = /^ENC\[AES256_GCM,/;
const sealed = (type: string): RegExp => new RegExp(`^ENC\\[AES256_GCM,.*,type:${type}\\]$`);
const PAIR = '{"a": 2, "b": "ba"}';

describeWith(["gpg"], "sops' own tests of its program (6.1)", () => {
  it("encrypt_json_file", async () => {
    put("x.json", '{\n    "foo": 2,\n    "bar": "baz"\n}');
    const data = record(await good("encrypt", "x.json"));
    expect(data["sops"]).toBeTypeOf("object");
    expect([data["foo"], data["bar"]]).toEqual([
      expect.stringMatching(sealed("int")),
      expect.stringMatching(sealed("str")),
    ]);
  });

  it("encrypt_from_stdin", async () => {
    const argv = ["encrypt", "--filename-override", "x.yaml", "--output-type", "json"];
    const data = record((await run(argv, "foo: 2\nbar: baz\n")).stdout.toString());
    expect(Object.keys(data)).toEqual(["foo", "bar", "sops"]);
    expect(data["bar"]).toMatch(SEALED);
  });

  it("test_ini_values_as_strings", async () => {
    const yaml = `the_section:
  int: 123
  float: 1.23
  bool: true
  date: 2025-01-02
  timestamp: 2025-01-02 03:04:05
  utc_timestamp: 2025-01-02T03:04:05Z
  string: this is a string`;
    await encrypted("x.yaml", yaml);
    expect(await good("decrypt", "--output-type", "ini", "x.yaml")).toBe(`[the_section]
int           = 123
float         = 1.23
bool          = true
date          = 2025-01-02T00:00:00Z
timestamp     = 2025-01-02T03:04:05Z
utc_timestamp = 2025-01-02T03:04:05Z
string        = this is a string
`);
  });

  it("encrypt_yaml_file", async () => {
    put("x.yaml", "foo: 2\nbar: baz");
    const text = await good("encrypt", "x.yaml");
    expect(text).toMatch(/^foo: ENC\[.*,type:int\]\nbar: ENC\[.*,type:str\]\nsops:\n/);
  });

  it.each([
    ["set_json_file_update", "x.json", PAIR, '["a"]', "a"],
    ["set_json_file_insert", "x.json", PAIR, '["c"]', "c"],
    ["set_yaml_file_update", "x.yaml", "a: 2\nb: ba", '["a"]', "a"],
    ["set_yaml_file_insert", "x.yaml", "a: 2\nb: ba", '["c"]', "c"],
  ])("%s", async (_, name, text, path, key) => {
    await encrypted(name, text);
    await good("set", name, path, '{"cc": "ccc"}');
    expect(get(name)).not.toContain("ccc");
    expect((await asJson(name))[key]).toEqual({ cc: "ccc" });
  });

  it("set_json_file_update_idempotent_write", async () => {
    const before = await encrypted("x.json", PAIR);
    await good("set", "--output-type", "yaml", "x.json", '["b"]', '"ba"');
    expect(get("x.json")).not.toBe(before);
    expect(get("x.json")).toMatch(/^a: ENC/);
    const types = ["--input-type", "yaml", "--output-type", "yaml"];
    expect(await good("decrypt", ...types, "x.json")).toBe("a: 2\nb: ba\n");
  });

  it("set_json_file_update_idempotent_nowrite", async () => {
    const before = await encrypted("x.json", PAIR);
    await good("set", "--output-type", "yaml", "--idempotent", "x.json", '["b"]', '"ba"');
    expect(get("x.json")).toBe(before);
  });

  it("set_json_file_insert_with_value_file", async () => {
    await encrypted("x.json", PAIR);
    put("value", '{"cc": "ccc"}');
    await good("set", "--value-file", "x.json", '["c"]', "value");
    expect(await asJson("x.json")).toEqual({ a: 2, b: "ba", c: { cc: "ccc" } });
  });

  it("set_json_file_insert_with_value_stdin", async () => {
    await encrypted("x.json", PAIR);
    expect((await run(["set", "--value-stdin", "x.json", '["c"]'], '{"cc": "ccc"}')).code).toBe(0);
    expect(await asJson("x.json")).toEqual({ a: 2, b: "ba", c: { cc: "ccc" } });
  });

  it("set_yaml_file_string", async () => {
    await encrypted("x.yaml", "a: 2\nb: ba");
    await good("set", "x.yaml", '["a"]', '"aaa"');
    await good("decrypt", "-i", "x.yaml");
    expect(get("x.yaml")).toBe("a: aaa\nb: ba");
  });

  it("set_yaml_file_string_compat", async () => {
    put("x.yaml", "a: 2\nb: ba");
    await good("-e", "-i", "x.yaml");
    await good("--set", '["a"] "aaa"', "-i", "x.yaml");
    await good("-d", "-i", "x.yaml");
    expect(get("x.yaml")).toBe("a: aaa\nb: ba");
  });

  it("test_yaml_time", async () => {
    await encrypted("x.yaml", "a: 2024-01-01\nb: 2006-01-02T15:04:05+07:06");
    expect(await good("--indent", "4", "decrypt", "x.yaml")).toBe(
      "a: 2024-01-01T00:00:00Z\nb: 2006-01-02T15:04:05+07:06\n",
    );
  });

  it.each([
    ["unset_json_file", "x.json", '{"a": 2, "b": "ba", "c": [1, 2]}'],
    ["unset_yaml_file", "x.yaml", "{a: 2, b: ba, c: [1, 2]}"],
  ])("%s", async (_, name, text) => {
    await encrypted(name, text);
    await good("unset", name, '["a"]');
    expect(await asJson(name)).toEqual({ b: "ba", c: [1, 2] });
    const once = get(name);
    await good("unset", "--idempotent", name, '["a"]');
    expect(get(name)).toBe(once);
    await good("unset", name, '["c"][1]');
    expect(await asJson(name)).toEqual({ b: "ba", c: [1] });
    const twice = get(name);
    await good("unset", "--idempotent", name, '["c"][1]');
    expect(get(name)).toBe(twice);
  });

  it("decrypt_file_no_mac", async () => {
    const text = await encrypted("x.yaml", "a: b\n");
    put("x.yaml", text.replace(/ +mac: .*\n/, ""));
    expect((await run(["decrypt", "x.yaml"])).code).toBe(51);
    expect(await good("decrypt", "--ignore-mac", "x.yaml")).toBe("a: b\n");
  });

  it("decrypt_from_stdin", async () => {
    const text = await encrypted("x.yaml", "foo: 2\nbar: baz\n");
    const { stdout } = await run(["decrypt", "--input-type", "yaml", "--output-type", "json"], text);
    expect(record(stdout.toString())).toEqual({ foo: 2, bar: "baz" });
  });

  it.each([
    ["encrypt_comments, decrypt_comments", "# this is a comment\na: b # inline\n"],
    ["encrypt_comments_list, and back", "a:\n  # this is a comment\n  - b\n  - c # inline\n"],
  ])("%s", async (_, text) => {
    const made = await encrypted("x.yaml", text);
    expect(made).not.toContain("this is a comment");
    expect(made).not.toContain("inline");
    expect(await good("decrypt", "x.yaml")).toBe(text);
  });

  it("decrypt_comments_unencrypted_comments", async () => {
    const text = await encrypted("x.yaml", "# first\nlorem: ipsum\n# second\ndolor: sit\n");
    // Old versions left comments clear, and had no field of ours.
    const [first = "", second = ""] = [...text.matchAll(/^#ENC.*$/gm)].map(([line]) => line);
    put("x.yaml", text.replace(first, "# first").replace(second, "# second"));
    expect(await good("decrypt", "x.yaml")).toBe("# first\nlorem: ipsum\n# second\ndolor: sit\n");
  });

  it("roundtrip_shamir", async () => {
    const text = await encrypted("roundtrip_keygroups.yaml", "a: secret");
    expect(text).toContain("key_groups:");
    expect(await good("decrypt", "roundtrip_keygroups.yaml")).toBe("a: secret");
  });

  it("roundtrip_shamir_missing_decryption_key", async () => {
    await encrypted("missing_decryption_key.yaml", "a: secret");
    const { code, stdout } = await run(["decrypt", "missing_decryption_key.yaml"]);
    expect([code, stdout.toString()]).toEqual([128, ""]);
  });

  it("test_decrypt_file_multiple_keys", async () => {
    await encrypted("multiple_keys.yaml", "a: secret");
    expect(await good("decrypt", "multiple_keys.yaml")).toBe("a: secret");
  });

  it.each(["no_keygroups", "zero_keygroups", "empty_keygroup"])("test_%s", async (name) => {
    put(`${name}.yaml`, "a: secret");
    const { code, stdout, stderr } = await run(["encrypt", "-i", `${name}.yaml`]);
    expect([code, stdout.toString()]).toEqual([1, ""]);
    expect(stderr).toMatch(/^enc: .*empty key group provided.*\n {2}hint: /);
    expect(get(`${name}.yaml`)).toBe("a: secret");
  });

  it.each(["yaml", "json", "env", "ini", "bin"])("decrypt_format: %s", async (suffix) => {
    const stored = (path: string): Buffer => readFileSync(join(FIXTURES, path));
    put(`app.${suffix}`, stored(`app.${suffix}`));
    const env = { ...environment(), SOPS_AGE_KEY: stored("age-key.txt").toString() };
    const { stdout } = await enc(["decrypt", `app.${suffix}`], { cwd: dir, env });
    expect(stdout.equals(stored(`decrypted/app.${suffix}`))).toBe(true);
  });

  it("decrypt_format: INI as 3.13.0 and 3.13.1 wrote it", async () => {
    // These kept the line feeds of the data key's armour, in a value between three quotes.
    const text = await encrypted("x.ini", "[foo]\nbar = baz\n");
    const spelt = text.replace(/^(pgp__list_0__map_enc += )(.*)$/m, (_, name: string, armour: string) => {
      expect(armour).toMatch(/^-----BEGIN PGP MESSAGE-----\\n/);
      return `${name}"""${armour.replaceAll("\\n", "\n").trimEnd()}"""`;
    });
    expect(spelt).toMatch(/"""-----BEGIN PGP MESSAGE-----\n\n/);
    put("x.ini", spelt);
    expect(await good("decrypt", "x.ini")).toBe("[foo]\nbar = baz\n");
  });

  it("extract_string", async () => {
    await encrypted("x.yaml", "multiline: |\n  multi\n  line");
    expect(await good("decrypt", "--extract", '["multiline"]', "x.yaml")).toBe("multi\nline");
  });

  it("roundtrip_binary", async () => {
    await encrypted("x.binary", '""{}this_is_binary_data');
    expect(await good("decrypt", "x.binary")).toBe('""{}this_is_binary_data');
  });

  it("output_flag", async () => {
    put("x.binary", "foo");
    expect(await good("encrypt", "--output", "out.txt", "x.binary")).toBe("");
    expect(record(get("out.txt"))["data"]).toMatch(SEALED);
  });

  it("exec_env", async () => {
    await encrypted("x.yaml", "foo: bar\nbar: |-\n  baz\n  bam\n");
    const { stdout } = await program(["exec-env", "x.yaml", 'echo "$foo"; echo "$bar"']);
    expect(stdout.toString()).toBe("bar\nbaz\nbam\n");
  });

  it("exec_file", async () => {
    await encrypted("x.yaml", "foo: bar\nbar: |-\n  baz\n  bam\n");
    const { stdout } = await program(["exec-file", "--output-type", "json", "x.yaml", "cat {}"]);
    expect(stdout.toString()).toBe('{\n\t"foo": "bar",\n\t"bar": "baz\\nbam"\n}\n');
  });

  it("exec_file_filename", async () => {
    await encrypted("x.yaml", "foo: bar\n");
    const argv = ["exec-file", "--no-fifo", "--filename", "foobar", "x.yaml", "echo {}"];
    expect((await program(argv)).stdout.toString()).toMatch(/foobar\n$/);
  });
});
