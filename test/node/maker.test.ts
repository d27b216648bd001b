import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fateOf, makerWord } from "../../src/node/maker.ts";
import { NOBODY } from "../support/unprivileged.ts";

const [pid = "", start = "", world = ""] = makerWord().split("-");

describe("a process", () => {
  it("is alive, gone, or nobody can tell", () => {
    const { pid: ended } = spawnSync(process.execPath, ["-e", ""]);
    expect(fateOf(makerWord())).toBe("alive");
    expect(fateOf([ended.toString(16), start, world].join("-"))).toBe("gone");
    expect(fateOf(`${pid}-${start}-00000000`)).toBe("unknown");
    expect(fateOf("no maker")).toBe("unknown");
  });

  it.runIf(process.platform === "linux")("whose number another one has now is gone", () => {
    expect(fateOf([pid, "1", world].join("-"))).toBe("gone");
  });

  it("whose start is not known may still be the one that has its number", () => {
    expect(fateOf([pid, "0", world].join("-"))).toBe("alive");
  });
});

let dir = "";
const linux = process.platform === "linux";
const can = (...words: string[]): boolean => linux && spawnSync("unshare", [...words, "true"]).status === 0;
const hasNamespaces = can("--mount", "--pid", "--fork", "--mount-proc");
const hasTimeNamespaces = hasNamespaces && can("--time", "--boottime", "1000");

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "enc-maker-"));
  chmodSync(dir, 0o755);
  const entryPoints = [join(import.meta.dirname, "../../src/node/maker.ts")];
  await build({
    entryPoints,
    outfile: join(dir, "maker.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
  });
  // `live` waits to be killed, `fate` answers for the word of another.
  writeFileSync(
    join(dir, "live.mjs"),
    'import { makerWord } from "./maker.mjs"; console.log(makerWord()); setInterval(() => {}, 1e6);',
  );
  writeFileSync(
    join(dir, "fate.mjs"),
    'import { fateOf } from "./maker.mjs"; console.log(fateOf(process.argv[2]));',
  );
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Shell words: `live` starts a process in its own way, `ask` has another ask for it, killed or not. */
const SHELL = `
  node=${process.execPath}
  live() { mkfifo pipe; "$@" $node live.mjs >pipe & read word <pipe; rm pipe; }
  ask() { "$@" $node fate.mjs "$word"; }
  as_nobody="setpriv --reuid ${String(NOBODY)} --regid ${String(NOBODY)} --clear-groups"
`;

/** What `script` prints, in namespaces of its own. */
function inNamespaces(script: string, ...words: string[]): string {
  const argv = ["--mount", "--pid", "--fork", "--kill-child", ...words, "sh", "-c", `${SHELL}\n${script}`];
  const { stdout, stderr } = spawnSync("unshare", argv, { cwd: dir, timeout: 30_000 });
  return stderr.toString() + stdout.toString().trim();
}

describe.skipIf(!hasNamespaces)("a process that lives is never taken for gone", () => {
  it("though /proc hides it, as that of another user", () => {
    const hidden = "mount -o remount,hidepid=2 /proc; live env; ask $as_nobody; ask env";
    expect(inNamespaces(hidden, "--mount-proc")).toBe("unknown\nalive");
  });

  it("though there is no /proc: two namespaces may then look the same", () => {
    const apart = "umount -l /proc; live env; ask unshare --pid --fork; ask env";
    expect(inNamespaces(apart)).toBe("unknown\nunknown");
  });

  it("though /proc is that of another PID namespace, in which its number is another process", () => {
    // 70 processes first, so that the number is none of the kernel's own threads.
    const script = "i=0; while [ $i -lt 70 ]; do (:); i=$((i + 1)); done; live env; ask env";
    expect(inNamespaces(script)).toBe("unknown");
  });

  it.skipIf(!hasTimeNamespaces)("though its time is another", () => {
    const shifted = "live env; ask unshare --time --boottime 1000; ask env";
    expect(inNamespaces(shifted, "--mount-proc")).toBe("unknown\nalive");
  });
});

describe.skipIf(!hasNamespaces)("a process that has ended is gone", () => {
  it.each([
    ["under hidepid=2, for another user", "mount -o remount,hidepid=2 /proc", "$as_nobody", "--mount-proc"],
    ["where /proc is that of another PID namespace", ":", "env"],
  ])("%s", (_, before, asker, ...words) => {
    const script = `${before}; live env; kill -9 $!; wait $! 2>/dev/null; ask ${asker}`;
    expect(inNamespaces(script, ...words)).toBe("gone");
  });
});
