import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/node/host.ts";

const SERVER = "https://vault.test:8200";
const SOMEBODY = 4321;

let dir = "";
let folder = "";
let list = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  folder = join(dir, ".config/sops-ts");
  list = join(folder, "vault-servers");
  mkdirSync(folder, { recursive: true });
  writeFileSync(list, `${SERVER}\n`, { mode: 0o600 });
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The servers, or what is said of a list that is not heeded. */
async function read(env: Record<string, string> = {}): Promise<readonly string[]> {
  const said: string[] = [];
  const host = nodeHost({ env: { HOME: dir, ...env }, warn: (line) => said.push(line) });
  const servers = (await host.trustedServers?.()) ?? [];
  return [...servers, ...said.map((line) => line.replace(`${list} is not heeded: `, ""))];
}

it("is empty where there is none, and where it cannot be in a folder", async () => {
  rmSync(folder, { recursive: true });
  expect(await read()).toEqual([]);
  writeFileSync(folder, "");
  expect(await read()).toEqual([]);
});

it("that is a folder is none, and is told", async () => {
  rmSync(list);
  mkdirSync(list);
  expect(await read()).toEqual(["it is no regular file"]);
});

/** What is a config of ours is a list of ours: the rules themselves are tested for configs. */
describe.runIf(process.geteuid?.() === 0)("a list of servers", () => {
  it("of somebody else is not heeded", async () => {
    chownSync(list, SOMEBODY, SOMEBODY);
    chmodSync(folder, 0o1777);
    expect(await read()).toEqual([
      `it is owned by user ${String(SOMEBODY)}, in a folder that others can write`,
    ]);
  });

  it("that somebody else has put there by a link is not heeded", async () => {
    chmodSync(folder, 0o1777);
    const target = join(dir, "old");
    writeFileSync(target, SERVER);
    rmSync(list);
    symlinkSync(target, list);
    expect(await read()).toEqual([SERVER]);
    lchownSync(list, SOMEBODY, SOMEBODY);
    expect(await read()).toEqual([
      `it is owned by user ${String(SOMEBODY)}, in a folder that others can write`,
    ]);
  });

  it("of the user who called sudo counts", async () => {
    chownSync(list, SOMEBODY, SOMEBODY);
    chownSync(folder, SOMEBODY, SOMEBODY);
    expect(await read()).toHaveLength(1);
    expect(await read({ SUDO_UID: String(SOMEBODY) })).toEqual([SERVER]);
  });

  it("for the user's own group to write counts, for everybody it does not", async () => {
    chmodSync(list, 0o664);
    expect(await read()).toEqual([SERVER]);
    chmodSync(list, 0o666);
    expect(await read()).toEqual(["everybody can write it"]);
  });
});
