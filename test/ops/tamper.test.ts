import { describe, expect, it } from "vitest";
import { equalBytes, fromByteString, utf8 } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { openFile } from "../../src/ops/open.ts";
import { equalTrees } from "../../src/core/model/tree-equal.ts";
import type { Tree } from "../../src/core/model/tree.ts";
import { SETTINGS, testContext } from "../support/context.ts";

const FILES = {
  yaml: "# top\na: 'x'\nb: [1, two]\nc_unencrypted: clear\nd: 0x1F # in\n",
  json: '{"a": "x<y", "b": [1, 2.50], "c_unencrypted": "clear"}\n',
  dotenv: "# top\nA=x\nB_unencrypted=clear\n",
  ini: "; top\n[s]\na = x\nb_unencrypted = clear\n",
  binary: fromByteString("\x00\xff binary"),
} as const;

/** Comments are outside SOPS' MAC (format.md 3): data is what the tree holds without them. */
function dataOf(tree: Tree): Tree {
  return JSON.parse(JSON.stringify(tree, withoutComments)) as Tree;
}

function withoutComments(key: string, value: unknown): unknown {
  if (key === "span" || key === "keySpan") return undefined;
  if (typeof value === "bigint") return `${String(value)}n`;
  return Array.isArray(value) ? value.filter((v: { type?: unknown } | null) => v?.type !== "comment") : value;
}

describe.each(Object.entries(FILES))("%s", (name, plain) => {
  it("each flipped byte gives a named error or the same data", { timeout: 120_000 }, async () => {
    const ctx = await testContext();
    const format = await loadFormat(name as keyof typeof FILES);
    const sealed = await encrypt(
      typeof plain === "string" ? utf8(plain) : plain,
      { input: format, output: format },
      SETTINGS,
      ctx,
    );
    const wanted = dataOf((await openFile(sealed, format, {}, ctx)).document.tree);
    const outcomes = { refused: 0, same: 0 };
    for (let at = 0; at < sealed.length; at++) {
      const flipped = Uint8Array.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 0x01;
      try {
        const { document } = await openFile(flipped, format, {}, ctx);
        expect(equalTrees(dataOf(document.tree), wanted), `byte ${String(at)}`).toBe(true);
        outcomes.same++;
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(sealed.length / 2);
    expect(outcomes.refused + outcomes.same).toBe(sealed.length);
  });

  it("opens to its own bytes when nothing is flipped", async () => {
    const ctx = await testContext();
    const format = await loadFormat(name as keyof typeof FILES);
    const formats = { input: format, output: format };
    const bytes = typeof plain === "string" ? utf8(plain) : plain;
    expect(
      equalBytes(await decrypt(await encrypt(bytes, formats, SETTINGS, ctx), formats, {}, ctx), bytes),
    ).toBe(true);
  });
});
