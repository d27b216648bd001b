import dns from "node:dns";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

/** No check for a newer version, no count of users: where no key lives on a server, nothing is dialled. */
it.skipIf(process.platform === "win32")(
  "a file whose keys are here needs no network, whatever is done with it",
  async () => {
    const dialled = [
      vi.spyOn(net.Socket.prototype, "connect"),
      vi.spyOn(dns, "lookup"),
      vi.spyOn(globalThis, "fetch"),
    ];
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: dir,
      SOPS_AGE_KEY: IDENTITY,
      EDITOR: "sed -i s/one/two/",
    };
    writeFileSync(join(dir, "a.yaml"), "a: one\n");
    writeFileSync(join(dir, ".sops.yaml"), `creation_rules:\n  - age: ${RECIPIENT}\n`);
    for (const line of [
      "--version",
      "encrypt -i a.yaml",
      "edit a.yaml",
      'set a.yaml ["b"] 1',
      "rotate -i a.yaml",
      "updatekeys --yes a.yaml",
      "filestatus a.yaml",
      "textconv a.yaml",
      "decrypt a.yaml",
    ]) {
      const { code, stderr } = await enc(line.split(" "), { cwd: dir, env });
      expect(code, `${line}: ${stderr}`).toBe(0);
    }
    for (const call of dialled) expect(call).not.toHaveBeenCalled();
  },
);
