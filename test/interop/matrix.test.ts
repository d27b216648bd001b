import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { describeWith } from "../support/parts.ts";
import type { Case, Exception } from "./matrix/case.ts";
import { argumentCases } from "./matrix/arguments.ts";
import { coreCases } from "./matrix/checklist-core.ts";
import { storeCases } from "./matrix/checklist-stores.ts";
import { configCases } from "./matrix/config.ts";
import { convertCases } from "./matrix/convert.ts";
import { damageCases } from "./matrix/damage.ts";
import { editCases } from "./matrix/edit.ts";
import { execEnvCases } from "./matrix/exec-env.ts";
import { extractCases } from "./matrix/extract.ts";
import { filestatusCases } from "./matrix/filestatus.ts";
import { publishCases } from "./matrix/publish.ts";
import { rotateCases } from "./matrix/rotate.ts";
import { selectorCases } from "./matrix/selectors.ts";
import { setCases } from "./matrix/set.ts";
import { execFileCases, groupCases, legacyCases, updateKeysCases } from "./matrix/several.ts";
import { unsetCases } from "./matrix/unset.ts";
import { differences, type Found } from "./matrix/world.ts";

const ALL: readonly (readonly [string, readonly Case[]])[] = [
  ["every type to every type", convertCases],
  ["decrypt --extract", extractCases],
  ["set", setCases],
  ["unset", unsetCases],
  ["rotate", rotateCases],
  ["edit", editCases],
  ["exec-env", execEnvCases],
  ["filestatus", filestatusCases],
  ["selectors", selectorCases],
  ["config", configCases],
  ["damaged files and wrong keys", damageCases],
  ["flags, stdin, texts and variables", argumentCases],
  ["groups", groupCases],
  ["updatekeys", updateKeysCases],
  ["exec-file", execFileCases],
  ["publish", publishCases],
  ["no command word", legacyCases],
  ["sops' own tests of its tree (6.2, 6.3)", coreCases],
  ["sops' own tests of its stores (6.5 to 6.8)", storeCases],
];

const COMPAT = squeeze(readFileSync(fileURLToPath(new URL("../../docs/compat.md", import.meta.url)), "utf8"));

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** What is left once the differences that docs/compat.md promises are taken away; each of these must be there. */
function unexcused(found: readonly Found[], except: Exception | undefined): readonly string[] {
  const allowed = except?.in ?? [];
  const missing = allowed.filter((aspect) => !found.some((f) => f.aspect === aspect));
  return [
    ...found.filter((f) => !allowed.includes(f.aspect)).map((f) => `${f.aspect}: ${f.detail}`),
    ...missing.map((aspect) => `no difference in ${aspect} any more: ${except?.compat ?? ""}`),
  ];
}

describeWith(["sops"], "the same command line given to enc and to sops", () => {
  let bundle: Awaited<ReturnType<typeof bundleCli>> | undefined;
  beforeAll(async () => {
    bundle = await bundleCli();
  });
  afterAll(() => {
    bundle?.remove();
  });

  for (const [title, cases] of ALL)
    describe.concurrent(title, () => {
      for (const each of cases)
        it(each.name, async ({ expect: expects }) => {
          if (each.except !== undefined) expects(COMPAT).toContain(squeeze(each.except.compat));
          const found = await differences(each, bundle?.program ?? "");
          const left = unexcused(found, each.except);
          if (left.length > 0) expects.fail(`${lines(each)}\n${left.join("\n\n")}`);
        });
    });
});

function lines({ steps }: Case): string {
  return steps.map(({ argv }) => `$ enc ${argv.map((w) => JSON.stringify(w)).join(" ")}`).join("\n");
}

describe("the matrix", () => {
  const cases = ALL.flatMap(([, each]) => each);
  it("has five hundred cases, each under a name of its own", () => {
    for (const [title, rows] of ALL)
      expect(new Set(rows.map(({ name }) => name)).size, title).toBe(rows.length);
    expect(cases.length).toBeGreaterThanOrEqual(500);
  });
});
