import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Args } from "../../src/cli/args.ts";
import { keysFromFlags, keysToRemove } from "../../src/cli/keys.ts";
import { KEY_CHANGES, MASTER_KEYS, type OptionSpec } from "../../src/cli/options.ts";
import { keyGroupsOf } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { KeyProvider, KeyRef } from "../../src/core/keys/key.ts";
import { KEY_TYPES, keyTypeOf, type KnownKeyType } from "../../src/key-types/index.ts";
import { keyReader } from "../../src/node/key-reader.ts";
import { decodeRequest, encodeRequest } from "../../src/node/keyservice/messages.ts";
import { nodeProviders } from "../../src/providers/index.ts";
import { enc } from "../support/cli.ts";
import type { Setup } from "./conformance.ts";

/** What must hold of the record of every key type (src/key-types/record.ts), and of all that is derived from it. */
export function recordConformance(setup: () => Setup): void {
  const record = (): KnownKeyType => keyTypeOf(setup().provider.type);

  test("record: each part is there, and no other type has it", () => {
    const { type } = record();
    for (const [part, read] of Object.entries(UNIQUE)) {
      const values = KEY_TYPES.map(read).filter((value) => value !== undefined);
      expect(new Set(values).size, `${part} of two types`).toBe(values.length);
      if (part !== "flag.short") expect(read(record()), `${part} of ${type}`).toEqual(NOT_EMPTY);
    }
  });

  test("record: its fields are sorted, and what it says of fields is said of them", () => {
    const { metadata, service, details = [], config } = record();
    const { fields, maps = [], optional = [] } = metadata;
    expect(fields).toEqual([...fields].sort());
    expect(fields).toContain("enc");
    const named = fields.filter((field) => field !== "enc" && field !== "created_at");
    expect([...service.fields].sort(), "the key service tells all that names a key").toEqual(named);
    const said = [...maps, ...optional, ...(config.shared ?? []), ...details.map(({ field }) => field)];
    expect(said.filter((field) => !named.includes(field))).toEqual([]);
  });

  test("record: Node loads the provider by its folder", async () => {
    const providers = nodeProviders();
    const { type, metadata } = record();
    await providers.load([type]);
    expect(providers.get(type)).toMatchObject({ type, fields: metadata.fields });
  });

  test("record: the flag, --add and --rm name its keys, and completion knows them", async () => {
    const { provider } = setup();
    const { flag, type } = record();
    const { text, keys } = textForm(setup());
    const values = ["", "add-", "rm-"].map((verb) => [verb + flag.long, [text]] as const);
    const args = new Args(new Map(values), [], undefined);
    const providers = new Map([[type, provider]]);
    expect(keysFromFlags(args, providers)).toEqual(keys);
    expect(keysFromFlags(args, providers, "add-")).toEqual(keys);
    expect(keysToRemove(args, providers)).toMatchObject([
      { type, names: keys.map((key) => provider.identity(key)) },
    ]);
    expect(specsOf(flag.long, MASTER_KEYS)).toMatchObject([{ env: flag.env }]);
    for (const verb of ["add", "rm"]) expect(specsOf(`${verb}-${flag.long}`, KEY_CHANGES)).toHaveLength(1);
    expect(await completed("rotate", "--decryption-order", type.slice(0, -1))).toContain(type);
    const flags = await completed("encrypt", `--${flag.long}`);
    expect(flags.find((line) => line.startsWith(`--${flag.long}\t`))).toContain(flag.takes);
  });

  test("record: a flat rule and a key group of a config name its keys", async () => {
    const { provider } = setup();
    const { config } = record();
    const { text, keys } = textForm(setup());
    const flat = `${config.flat}: ${JSON.stringify(config.flatList === true ? [text] : text)}`;
    expect(await configKeys(flat, provider)).toEqual(keys);
    const item = config.parts === undefined ? { entry: text, keys } : objectForm(setup());
    const group = `key_groups: [{ ${config.group}: ${JSON.stringify([item.entry])} }]`;
    expect(await configKeys(group, provider)).toEqual(item.keys);
  });

  test("record: a key service is told of a key all that names it", () => {
    const { ref } = setup();
    const { key } = decodeRequest(encodeRequest(ref, new Uint8Array(32)));
    expect(key).toMatchObject({ type: ref.type, fields: ref.fields });
  });

  test("record: docs/providers.md and docs/config.md know its names", () => {
    const { flag, config, details = [] } = record();
    const flags = [flag.long, ...details.map(({ long }) => long)].map((long) => `--${long}`);
    for (const name of [...flags, flag.env, config.flat]) expect(PROVIDERS_PAGE).toContain(name);
    for (const name of [config.flat, config.group, ...(config.parts ?? []), ...(config.shared ?? [])])
      expect(CONFIG_PAGE).toContain(name);
  });
}

interface Form {
  readonly entry: unknown;
  readonly keys: readonly KeyRef[];
}

/** One key in one text. */
function textForm(setup: Setup): { readonly text: string; readonly keys: readonly KeyRef[] } {
  const { entry, keys } = formOf(setup, "string");
  if (typeof entry === "string") return { text: entry, keys };
  throw new Error("the form `string` of a key must be text");
}

/** A type whose record has parts shows them. */
const objectForm = (setup: Setup): Form => formOf(setup, "object");

function formOf({ configForms, provider: { type } }: Setup, name: "string" | "object"): Form {
  const form = configForms[name];
  if ("without" in form)
    throw new Error(`${type} needs a config form ${name}: its record says that there is one`);
  return { entry: form.entry, keys: form.keys.map((fields) => ({ type, fields })) };
}

/** The keys of a creation rule that reads `text`. */
async function configKeys(text: string, provider: KeyProvider): Promise<readonly KeyRef[]> {
  const { creationRules, warnings } = await parseConfig(`creation_rules:\n  - ${text}\n`, "/p/.sops-ts.yaml");
  expect(warnings).toEqual([]);
  const [rule] = creationRules ?? [];
  if (rule === undefined) throw new Error("no rule was read");
  return keyGroupsOf(rule, keyReader(new Map([[provider.type, provider]]))).flat();
}

/** The candidates for the last of the words, each with what it is behind a tab. */
async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await enc(["__complete", String(words.length - 1), ...words], { cwd: ".", env: {} });
  return stdout.toString().split("\n");
}

const specsOf = (long: string, specs: readonly OptionSpec[]): readonly OptionSpec[] =>
  specs.filter((spec) => spec.long === long);

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
const PROVIDERS_PAGE = page("providers");
const CONFIG_PAGE = page("config");

/** What two records must not have in common. */
const UNIQUE: Readonly<Record<string, (record: KnownKeyType) => unknown>> = {
  type: ({ type }) => type,
  title: ({ title }) => title,
  folder: ({ folder }) => folder,
  "metadata.order": ({ metadata }) => metadata.order,
  "config.order": ({ config }) => config.order,
  "config.flat": ({ config }) => config.flat,
  "config.group": ({ config }) => config.group,
  "flag.long": ({ flag }) => flag.long,
  "flag.short": ({ flag }) => flag.short,
  "flag.takes": ({ flag }) => flag.takes,
  "flag.env": ({ flag }) => flag.env,
  "service.number": ({ service }) => service.number,
};

const NOT_EMPTY: unknown = {
  asymmetricMatch: (value: unknown) =>
    typeof value === "number" ? value > 0 : typeof value === "string" && value !== "",
  toString: () => "a name or a number",
};
