import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { haveAttributes } from "../../src/node/access-lists.ts";
import { permissionsLeft } from "../../src/node/attributes.ts";
import { utf8 } from "../../src/core/base/bytes.ts";
import { writeFileSafely } from "../../src/node/files.ts";
import { Replacements } from "../../src/node/many/replacements.ts";
import { readTarget } from "../../src/node/many/target.ts";

vi.mock("../../src/node/access-lists.ts", { spy: true });

let dir = "";
let told: string[] = [];
const PATH = process.env["PATH"] ?? "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  told = [];
});
afterEach(() => {
  process.env["PATH"] = PATH;
  rmSync(dir, { recursive: true, force: true });
});

const at = (name: string): string => join(dir, name);
const modeOf = (name: string): number => statSync(at(name)).mode & 0o777;

/** Python knows these calls, and the programs that do (setfacl, setfattr) are seldom there. */
const PYTHON = `import os, struct, sys
def acl(*entries): return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries)
NOBODY = 0xffffffff
# user::rw-, user:1234:rw-, group::---, mask::rw-, other::---: its mode reads 0660
SHARED = acl((1, 6, NOBODY), (2, 6, 1234), (4, 0, NOBODY), (16, 6, NOBODY), (32, 0, NOBODY))
what, path = sys.argv[1:]
if what == "share": os.setxattr(path, "system.posix_acl_access", SHARED)
if what == "share-new": os.setxattr(path, "system.posix_acl_default", SHARED)
if what == "tag": os.setxattr(path, "user.enc", b"tag")
print(*[f"{name}={os.getxattr(path, name).hex()}" for name in sorted(os.listxattr(path)) if name != "security.selinux"])`;

function python(what: string, path: string): { readonly status: number | null; readonly stdout: string } {
  return spawnSync("python3", ["-c", PYTHON, what, path], { encoding: "utf8" });
}

function attributes(name: string): string {
  return python("list", at(name)).stdout.trim();
}

/** Only Linux has them so, and not on every file system. */
function hasAttributes(): boolean {
  const probe = mkdtempSync(join(tmpdir(), "enc-test-"));
  try {
    return python("share", probe).status === 0 && python("tag", probe).status === 0;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

function writeOld(name: string, mode: number, ...what: string[]): void {
  writeFileSync(at(name), "old");
  chmodSync(at(name), mode);
  for (const word of what) expect(python(word, at(name)).status).toBe(0);
}

async function replace(name: string): Promise<void> {
  const warn = (message: string): void => void told.push(message);
  await writeFileSafely(at(name), utf8("new"), { newMode: "secret", warn });
  expect(readFileSync(at(name), "utf8")).toBe("new");
}

/** A system in which only these programs are. */
function onlyPrograms(...names: string[]): void {
  mkdirSync(at("bin"));
  for (const name of names)
    symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(at("bin"), name));
  process.env["PATH"] = at("bin");
}

describe("permissionsLeft", () => {
  it("lets nobody in who was out", () => {
    expect(permissionsLeft("all", 0o664)).toBe(0o664);
    expect(permissionsLeft("mode", 0o660)).toBe(0o660);
    expect(permissionsLeft("lost", 0o664)).toBe(0o600);
    // The group may do what everyone may.
    expect(permissionsLeft("unknown", 0o664)).toBe(0o644);
    expect(permissionsLeft("unknown", 0o640)).toBe(0o600);
    expect(permissionsLeft("unknown", 0o644)).toBe(0o644);
  });
});

describe.runIf(process.platform === "linux" && hasAttributes())("a file that is replaced", () => {
  it("keeps its access list and its attributes", async () => {
    writeOld("a", 0o600, "share", "tag");
    const before = attributes("a");
    expect(before).toContain("system.posix_acl_access=");
    expect(modeOf("a")).toBe(0o660);
    await replace("a");
    expect(attributes("a")).toBe(before);
    expect(modeOf("a")).toBe(0o660);
    expect(told).toEqual([]);
  });

  it("inherits no access list that it had not", async () => {
    writeOld("a", 0o644);
    expect(python("share-new", dir).status).toBe(0);
    await replace("a");
    expect(attributes("a")).toBe("");
    expect(modeOf("a")).toBe(0o644);
  });

  /** A program that fails when it is first called, and is itself from then on. */
  function failsOnce(name: string): void {
    const real = execFileSync("which", [name], { encoding: "utf8" }).trim();
    const used = join(dir, `${name}-used`);
    const text = `#!/bin/sh\ntest -e '${used}' && exec ${real} "$@"\n: > '${used}'\nexit 1\n`;
    writeFileSync(join(dir, "bin", name), text, { mode: 0o755 });
  }

  it("keeps them though the programs failed for the one before", async () => {
    writeOld("a", 0o600, "share");
    writeOld("b", 0o600, "share");
    const before = attributes("b");
    mkdirSync(at("bin"));
    for (const name of ["cp", "ls"]) failsOnce(name);
    process.env["PATH"] = at("bin");
    await replace("a");
    expect(told).toHaveLength(1);
    await replace("b");
    expect(told).toHaveLength(1);
    process.env["PATH"] = PATH;
    expect(attributes("b")).toBe(before);
  });

  it("together with others waits for nothing where it cannot be seen which have any", async () => {
    writeOld("a", 0o600, "share");
    writeOld("b", 0o600);
    const before = attributes("a");
    for (let n = 0; n < 2; n++) {
      vi.mocked(haveAttributes).mockRejectedValueOnce(new Error("no"));
      const all = new Replacements((name, message) => told.push(`${name}: ${message}`));
      const add = async (name: string): Promise<void> =>
        all.add(await readTarget(at(name), name), utf8("new"));
      await Promise.all(["a", "b"].map(add));
      await all.commit();
      expect(attributes("a")).toBe(before);
    }
    expect(haveAttributes).toHaveBeenCalled();
    expect(told).toEqual([]);
  });

  it("together with others keeps them, too", async () => {
    const names = ["a", "b", "c", "d e\nf"];
    writeOld("a", 0o640);
    writeOld("b", 0o600, "share");
    writeOld("c", 0o644);
    writeOld("d e\nf", 0o600, "share");
    expect(python("share-new", dir).status).toBe(0);
    const before = names.map(attributes);
    const all = new Replacements((name, message) => told.push(`${name}: ${message}`));
    await Promise.all(names.map(async (name) => all.add(await readTarget(at(name), name), utf8("new"))));
    await all.commit();
    expect(names.map(attributes)).toEqual(before);
    expect(names.map(modeOf)).toEqual([0o640, 0o660, 0o644, 0o660]);
    expect(told).toEqual([]);
  });

  it("whose access list cannot be kept is its owner's alone, and that is said", async () => {
    writeOld("a", 0o644, "share");
    onlyPrograms("ls");
    await replace("a");
    expect(modeOf("a")).toBe(0o600);
    expect(told).toEqual([
      "its access list (ACL) could not be kept: only its owner has access to the new file",
    ]);
  });

  it("without one stays as it is, also where its attributes cannot be kept, and that is said", async () => {
    writeOld("a", 0o664);
    onlyPrograms("ls");
    await replace("a");
    expect(modeOf("a")).toBe(0o664);
    expect(told).toEqual(["its extended attributes could not be kept, or not all of them"]);
  });

  it("of which nothing can tell lets its group do no more than others", async () => {
    writeOld("a", 0o600, "share");
    writeOld("b", 0o644);
    process.env["PATH"] = ["/nowhere", "/neither"].join(delimiter);
    await replace("a");
    await replace("b");
    expect([modeOf("a"), modeOf("b")]).toEqual([0o600, 0o644]);
    expect(told).toEqual([
      expect.stringContaining("nothing here can tell whether it had an access list (ACL)"),
    ]);
  });
});
