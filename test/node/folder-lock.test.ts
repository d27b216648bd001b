import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  lutimesSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isLock, removeIfUnheld, withFolderLocks } from "../../src/node/folder-lock.ts";
import { makerWord } from "../../src/node/maker.ts";
import { breakCall, mendCalls } from "../support/faults.ts";
import { canMount, mount, unmount } from "../support/mount.ts";

let dir = "";
let lock = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  lock = join(dir, ".enc-lock");
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const NUMBER = "0123456789abcdef";
const [pid = "", start = "", world = ""] = makerWord().split("-");

/** One that has ended. */
function deadMaker(): string {
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  return [gone.toString(16), start, world].join("-");
}

describe("withFolderLocks", () => {
  const nobody = (): void => undefined;

  it("lets one in at a time, and leaves nothing", async () => {
    let [inside, most] = [0, 0];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      expect(readFileSync(lock, "utf8").startsWith(makerWord())).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFolderLocks([dir, dir], work)));
    expect(most).toBe(1);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is released where the work fails", async () => {
    const work = (): never => {
      throw new Error("no");
    };
    await expect(withFolderLocks([dir], work)).rejects.toThrow("no");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("takes the place of a process that is gone, also where it was killed while it broke another's lock", async () => {
    writeFileSync(lock, `${deadMaker()}-${NUMBER}`);
    await withFolderLocks([dir], nobody);
    expect(readdirSync(dir)).toEqual([]);
    writeFileSync(`${lock}-${NUMBER}`, `${deadMaker()}-${NUMBER}`);
    expect(isLock(`.enc-lock-${NUMBER}`)).toBe(true);
    expect(removeIfUnheld(`${lock}-${NUMBER}`)).toBe(true);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("does not break the lock of one that lives, or that cannot be asked, before it is old", () => {
    for (const holder of [makerWord(), `${pid}-${start}-00000000`]) {
      writeFileSync(lock, `${holder}-${NUMBER}`);
      expect(removeIfUnheld(lock)).toBe(false);
    }
    utimesSync(lock, 1, 1);
    expect(removeIfUnheld(lock)).toBe(true);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("breaks an empty one, whose maker was killed before it could say who it is", () => {
    writeFileSync(lock, "");
    expect(removeIfUnheld(lock)).toBe(false);
    utimesSync(lock, 1, 1);
    expect(removeIfUnheld(lock)).toBe(true);
  });

  it.runIf(process.platform !== "win32")(
    "takes a link that leads nowhere, or to what has no end, for no lock of ours",
    async () => {
      for (const to of [join(dir, "none"), "/dev/zero"]) {
        symlinkSync(to, lock);
        expect(removeIfUnheld(lock)).toBe(false);
        lutimesSync(lock, 1, 1);
        expect(await withFolderLocks([dir], () => "done")).toBe("done");
        expect(readdirSync(dir)).toEqual([]);
      }
    },
  );

  it("does not wait for a folder of that name", async () => {
    mkdirSync(join(lock, "in"), { recursive: true });
    const start = Date.now();
    expect(await withFolderLocks([dir], () => "done")).toBe("done");
    expect(Date.now() - start).toBeLessThan(8_000);
    expect(readdirSync(dir)).toEqual([".enc-lock"]);
  });

  it.runIf(canMount())("leaves no empty lock on a full disk", async () => {
    mount("-t", "tmpfs", "-o", "size=8k", "none", dir);
    try {
      writeFileSync(join(dir, "full"), Buffer.alloc(8192));
      expect(await withFolderLocks([dir], () => "done")).toBe("done");
      expect(readdirSync(dir)).toEqual(["full"]);
    } finally {
      unmount(dir);
    }
  });

  it("leaves no lock that could not be written to the end", async () => {
    breakCall("closeSync", "EDQUOT", () => readdirSync(dir).length > 0);
    expect(await withFolderLocks([dir], () => "done").finally(mendCalls)).toBe("done");
    expect(readdirSync(dir)).toEqual([]);
  });

  it("goes without a lock where no file can be made", async () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    expect(await withFolderLocks([join(dir, "none"), file], () => "done")).toBe("done");
  });
});
