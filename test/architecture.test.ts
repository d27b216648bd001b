import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

/** What each folder of src may import besides itself. `index` and `node-entry` are the two public entry files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // What is known of each kind of key without its provider: data, to which every folder may look.
  "key-types": [],
  core: ["key-types"],
  formats: ["core", "key-types"],
  providers: ["core", "key-types"],
  config: ["core", "key-types"],
  // A destination logs in as the keys of the same service do.
  destinations: ["providers", "core", "key-types"],
  ops: ["destinations", "formats", "providers", "config", "core", "key-types"],
  node: ["ops", "destinations", "formats", "providers", "config", "core", "key-types"],
  cli: ["node", "ops", "destinations", "formats", "providers", "config", "core", "key-types"],
  index: ["ops", "formats", "providers", "config", "core", "key-types"],
  "node-entry": ["index", "node", "ops", "formats", "providers", "config", "core", "key-types"],
};
const MAY_USE_NODE: readonly string[] = ["node", "cli", "node-entry"];

/** Folders whose own folders are stages: each may import the stages before it, and its own. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  core: ["base", "ports", "model", "keys", "file"],
  "formats/yaml": ["parse", "compose", "emit", "hints", "seal", "open", "edit"],
  "formats/json": ["parse", "hints", "emit", "edit", "seal", "open"],
  "formats/ini": ["parse", "hints", "emit", "edit", "seal", "open"],
};

interface Module {
  /** Path under src, with `/`. */
  readonly name: string;
  readonly layer: string;
  /** Modules of src that it imports, types and `import()` included. */
  readonly local: readonly string[];
  /** Everything else that it imports: packages and `node:` modules. */
  readonly foreign: readonly string[];
}

function readModules(): readonly Module[] {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return files.map((file) => readModule(file.split(sep).join("/")));
}

function readModule(name: string): Module {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(SRC, name), "utf8"));
  const imports = importedFiles.map((file) => file.fileName);
  return {
    name,
    layer: layerOf(name),
    local: imports.filter(isRelative).map((path) => resolve(name, path)),
    foreign: imports.filter((path) => !isRelative(path)),
  };
}

const isRelative = (path: string): boolean => path.startsWith(".");

const resolve = (from: string, path: string): string =>
  relative(SRC, join(SRC, dirname(from), path))
    .split(sep)
    .join("/");

function layerOf(name: string): string {
  if (name === "index.ts") return "index";
  if (name === "node.ts") return "node-entry";
  // A provider declares its kind of key where all of it is, in its folder.
  if (/^providers\/[\w-]+\/key-type\.ts$/.test(name)) return "key-types";
  return name.split("/")[0] ?? name;
}

const modules = readModules();

/** `from -> to` for each import of src that `isWrong`. */
function imports(isWrong: (from: string, to: string) => boolean): string[] {
  return modules.flatMap(({ name, local }) =>
    local.filter((to) => isWrong(name, to)).map((to) => `${name} -> ${to}`),
  );
}

/** The imports that close a cycle, each with the way round. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) cycles.push([...trail.slice(start), name].join(" -> "));
    if (start >= 0 || done.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return cycles;
}

describe("architecture", () => {
  it("finds the modules that it judges", () => {
    expect(modules.length).toBeGreaterThan(10);
    expect(modules.find(({ name }) => name === "ops/encrypt.ts")?.local).toContain("core/file/document.ts");
  });

  it("puts every module in a known layer", () => {
    expect(modules.filter(({ layer }) => !(layer in MAY_IMPORT)).map(({ name }) => name)).toEqual([]);
  });

  it("imports one way: cli, node, ops, then formats, providers or config, then core, then key-types", () => {
    const goesUp = (from: string, to: string): boolean =>
      layerOf(from) !== layerOf(to) && MAY_IMPORT[layerOf(from)]?.includes(layerOf(to)) !== true;
    expect(imports(goesUp)).toEqual([]);
  });

  it.each(Object.entries(STAGES))("goes forward in %s: %j", (folder, stages) => {
    const stageOf = (name: string): number | undefined => {
      if (!name.startsWith(`${folder}/`)) return undefined;
      const [stage = "", file] = name.slice(folder.length + 1).split("/");
      return file === undefined ? stages.length : stages.indexOf(stage);
    };
    expect(modules.filter(({ name }) => stageOf(name) === -1).map(({ name }) => name)).toEqual([]);
    const goesBack = (from: string, to: string): boolean => (stageOf(from) ?? 0) < (stageOf(to) ?? 0);
    expect(imports((from, to) => stageOf(from) !== undefined && goesBack(from, to))).toEqual([]);
  });

  it("imports only modules that exist, by their .ts name", () => {
    const names = new Set(modules.map(({ name }) => name));
    expect(imports((_, to) => !names.has(to))).toEqual([]);
  });

  it("uses node: modules only under node and cli", () => {
    const users = modules.filter(({ foreign }) => foreign.some((name) => name.startsWith("node:")));
    expect(users.filter(({ layer }) => !MAY_USE_NODE.includes(layer)).map(({ name }) => name)).toEqual([]);
  });

  it("names Node's own modules with the node: prefix", () => {
    const bare = /^(?:fs|path|os|crypto|child_process|process|url|util|stream|buffer|tty|readline)(?:\/|$)/;
    const users = modules.filter(({ foreign }) => foreign.some((name) => bare.test(name)));
    expect(users.map(({ name }) => name)).toEqual([]);
  });

  // In Jest and node:vm what Node hands over is an instance of nothing that the library knows: core/base/realm.ts tells it.
  it("tells errors and bytes of the platform by what they are, not by instanceof", () => {
    const platform = /instanceof (?:\w*Error|\w+Array|ArrayBuffer|Buffer|URL|Date|Map|Set|Promise)\b/g;
    const own = /instanceof (?:SopsError|ReadBackError|StatusError|CommanderError|PhasedError)$/;
    const found = modules.flatMap(({ name }) =>
      (readFileSync(join(SRC, name), "utf8").match(platform) ?? [])
        .filter((use) => !own.test(use))
        .map((use) => `${name}: ${use}`),
    );
    expect(found).toEqual([]);
  });

  it("has no command that imports a command", () => {
    const isCommand = (name: string): boolean => name.startsWith("cli/commands/");
    expect(imports((from, to) => isCommand(from) && isCommand(to))).toEqual([]);
  });

  it("has no provider that imports a provider", () => {
    const provider = (name: string): string | undefined => /^providers\/([\w-]+)\//.exec(name)?.[1];
    const crosses = (from: string, to: string): boolean =>
      provider(from) !== undefined && provider(to) !== undefined && provider(from) !== provider(to);
    expect(
      imports((from, to) => provider(from) !== undefined && provider(from) === provider(to)),
    ).not.toEqual([]);
    expect(imports(crosses)).toEqual([]);
  });

  it("has no import cycles, types included", () => {
    expect(findCycles(new Map(modules.map(({ name, local }) => [name, local])))).toEqual([]);
  });

  it("would see a cycle", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(findCycles(graph)).toEqual(["b -> c -> b"]);
  });
});
