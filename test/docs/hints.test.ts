import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { openFile } from "../../src/ops/open.ts";
import { SETTINGS, testContext } from "../support/context.ts";

const PAGE = readFileSync(new URL("../../docs/internals/hints.md", import.meta.url), "utf8");
const EXAMPLES = [
  ...PAGE.matchAll(/^Example \((\w+)\):\n\n```text\n([^]*?)```\n\n```text\n(.*)\n```$/gm),
].map(([, format = "", plain = "", hints = ""]) => ({ format: format as FormatName, plain, hints }));

/** The `file` and `leaves` that sealing a plain text leaves in `enc_presentation`. */
async function hintsOf(plain: string, name: FormatName): Promise<unknown> {
  const [ctx, format] = await Promise.all([testContext(), loadFormat(name)]);
  const sealed = await encrypt(utf8(plain), { input: format, output: format }, SETTINGS, ctx);
  const { document } = await openFile(sealed, format, {}, ctx);
  const { file = "", leaves = [] } = document.extra ?? {};
  return { file, leaves: leaves.flatMap(({ at, spelling }) => [at, spelling]) };
}

describe("docs/internals/hints.md", () => {
  it("has examples of each format that has hints", () => {
    expect([...new Set(EXAMPLES.map(({ format }) => format))].sort()).toEqual(["ini", "json", "yaml"]);
  });

  it.each(EXAMPLES)("shows what is written for $plain", async ({ format, plain, hints }) => {
    expect(await hintsOf(plain, format)).toEqual(JSON.parse(hints));
  });
});
