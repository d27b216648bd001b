import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enc } from "../support/cli.ts";

/** sops' functional tests compare all of stderr (test_no_keygroups, test_zero_keygroups, test_empty_keygroup). */
describe.skipIf(process.env["ENC_BIN"] !== undefined)("by the name sops", () => {
  let dir = "";
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "enc-words-"));
    writeFileSync(join(dir, "a.json"), '{"a": 1}');
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it.each(["path_regex: json", "key_groups: []", "key_groups: [{}]"])(
    "a rule with %s is refused in the words of sops",
    async (rule) => {
      writeFileSync(join(dir, ".sops.yaml"), `creation_rules:\n  - ${rule}\n`);
      const options = { cwd: dir, env: { HOME: dir } };
      const asSops = await enc(["encrypt", "a.json"], { ...options, asSops: true });
      expect([asSops.code, asSops.stderr]).toEqual([
        1,
        "Could not generate data key: [empty key group provided]\n",
      ]);
      const asEnc = await enc(["encrypt", "a.json"], options);
      expect(asEnc.code).toBe(1);
      expect(asEnc.stderr).toContain("  hint: add a recipient");
    },
  );
});
