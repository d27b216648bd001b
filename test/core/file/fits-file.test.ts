import { describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../../src/core/base/bytes.ts";
import { fitsFile } from "../../../src/core/file/fits-file.ts";
import { unwrapDataKey } from "../../../src/core/keys/unwrap.ts";
import { loadFormat } from "../../../src/formats/index.ts";
import { encrypt } from "../../../src/ops/encrypt.ts";
import { readSealedMetadata } from "../../../src/ops/open.ts";
import { SETTINGS, testContext } from "../../support/context.ts";

const WRONG = new Uint8Array(32);

/** What is said of the file's own data key, and of another, after its sealed text was changed. */
async function judged(
  plain: string,
  change: (sealed: string) => string,
): Promise<readonly (boolean | null)[]> {
  const ctx = await testContext();
  const format = await loadFormat("json");
  const sealed = await encrypt(utf8(plain), { input: format, output: format }, SETTINGS, ctx);
  const source = format.parseSealed(utf8(change(fromUtf8(sealed))));
  const metadata = readSealedMetadata(source);
  const own = await unwrapDataKey(metadata.groups, 0, [], ctx);
  const fits = fitsFile(source, metadata, ctx.runtime);
  return [fits(own), fits(WRONG)];
}

const ANOTHER_TIME = (text: string): string =>
  text.replace(/"lastmodified": "[^"]*"/, '"lastmodified": "2001-01-01T00:00:00Z"');

describe("a data key fits a file", () => {
  it.each<[string, string, (sealed: string) => string, readonly (boolean | null)[]]>([
    ["whose MAC it opens", '{"a": "b"}', (text) => text, [true, false]],
    [
      "whose MAC it opens, whatever became of its values",
      '{"a": "b"}',
      (text) => text.replace(/"a"/, '"z"'),
      [true, false],
    ],
    [
      "of which it opens a value, where a merge spoilt the MAC",
      '{"a": "b", "c": 1}',
      ANOTHER_TIME,
      [true, false],
    ],
    [
      "of which it opens one value",
      '{"a": "b", "c": 1}',
      (text) => ANOTHER_TIME(text).replace('"a"', '"z"'),
      [true, false],
    ],
    [
      "or does not, where nothing opens",
      '{"a": "b"}',
      (text) => ANOTHER_TIME(text).replace('"a"', '"z"'),
      [false, false],
    ],
    ["by its MAC, where nothing is encrypted", '{"a_unencrypted": "b"}', (text) => text, [true, null]],
    [
      "which cannot be told, where not even a MAC opens",
      '{"a_unencrypted": "b"}',
      ANOTHER_TIME,
      [null, null],
    ],
    [
      "by its values, where it has no MAC",
      '{"a": "b"}',
      (text) => text.replace(/"mac": "[^"]*"/, '"mac": ""'),
      [true, false],
    ],
  ])("%s", async (_, plain, change, answers) => {
    expect(await judged(plain, change)).toEqual(answers);
  });
});
