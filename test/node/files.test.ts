import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/base/bytes.ts";
import { type NewMode, writeFileSafely } from "../../src/node/files.ts";
import type { Seen } from "../../src/node/seen.ts";
import { breakCall, mendCalls } from "../support/faults.ts";
import { canMount, mount, unmount } from "../support/mount.ts";
import { hasPermissions, unprivileged } from "../support/unprivileged.ts";
import { readIfPresent, readIfRegular, readInput } from "../../src/node/read-input.ts";

const isRoot = process.getuid?.() === 0;
const isWindows = process.platform === "win32";
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
});
afterEach(() => {
  // A test may have made it read-only.
  chmodSync(dir, 0o755);
  rmSync(dir, { recursive: true, force: true });
});

/** What could not be kept. */
const told: string[] = [];

async function write(path: string, bytes: Uint8Array, newMode: NewMode, seen?: Seen): Promise<void> {
  await writeFileSafely(path, bytes, { newMode, seen, warn: (message) => told.push(message) });
}

const at = (name: string): string => join(dir, name);
const textOf = (name: string): string => readFileSync(at(name), "utf8");
const modeOf = (name: string): number => statSync(at(name)).mode & 0o7777;

describe("readInput", () => {
  it("names a missing file and a folder as the causes, without a place", async () => {
    await expect(readInput(at("none"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND", place: undefined });
    await expect(readInput(dir)).rejects.toMatchObject({
      code: "CANNOT_READ",
      message: "cannot read the file: it is a directory",
    });
    await expect(readIfPresent(at("none"))).resolves.toBeNull();
    await expect(readIfPresent(dir)).rejects.toMatchObject({ code: "CANNOT_READ" });
  });

  it.runIf(hasPermissions)("says that permission is denied", async () => {
    chmodSync(dir, 0o777);
    writeFileSync(at("a"), "x", { mode: 0 });
    await expect(unprivileged(() => readInput(at("a")))).rejects.toMatchObject({
      message: "cannot read the file: permission denied",
    });
  });
});

describe("readIfRegular", () => {
  it("answers the bytes of a file, and null for what is none", async () => {
    writeFileSync(at("a"), "text");
    expect(await readIfRegular(at("a"))).toEqual(new Uint8Array(Buffer.from("text")));
    await expect(readIfRegular(at("none"))).resolves.toBeNull();
    await expect(readIfRegular(dir)).resolves.toBeNull();
  });

  it.skipIf(isWindows)("does not wait for a pipe", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await expect(readIfRegular(at("pipe"))).resolves.toBeNull();
  });
});

describe("writeFileSafely", () => {
  it("leaves a file alone that has changed since its new bytes were made", async () => {
    const changed = {
      code: "CANNOT_WRITE",
      message: "the file has changed on the disk while the command ran",
    };
    writeFileSync(at("a"), "theirs");
    await expect(write(at("a"), utf8("new"), "shared", utf8("old"))).rejects.toMatchObject(changed);
    await expect(write(at("b"), utf8("new"), "shared", utf8("old"))).rejects.toMatchObject(changed);
    expect(textOf("a")).toBe("theirs");
    expect(readdirSync(dir)).toEqual(["a"]);
    await write(at("a"), utf8("new"), "shared", utf8("theirs"));
    expect(textOf("a")).toBe("new");
    linkSync(at("a"), at("c"));
    await expect(write(at("c"), utf8("x"), "shared", utf8("old"))).rejects.toMatchObject(changed);
    expect(textOf("a")).toBe("new");
  });

  it("makes new files: secret 0600, shared 0644 less the umask", async () => {
    const umask = process.umask(0o027);
    try {
      await write(at("secret"), utf8("s"), "secret");
      await write(at("shared"), utf8("s"), "shared");
    } finally {
      process.umask(umask);
    }
    expect(modeOf("secret")).toBe(0o600);
    expect(modeOf("shared")).toBe(0o640);
  });

  it.runIf(canMount())("overwrites a mount point, as a container has it for a single file", async () => {
    writeFileSync(at("a"), "a longer old text");
    writeFileSync(at("b"), "");
    mount("--bind", at("a"), at("b"));
    try {
      await write(at("b"), utf8("new"), "shared", utf8("a longer old text"));
    } finally {
      unmount(at("b"));
    }
    expect(textOf("a")).toBe("new");
    expect(readdirSync(dir)).toEqual(["a", "b"]);
  });

  it("keeps the mode of a file that is there, and leaves nothing beside it", async () => {
    writeFileSync(at("a"), "a longer old text");
    chmodSync(at("a"), 0o664);
    await write(at("a"), utf8("new"), "secret");
    expect(textOf("a")).toBe("new");
    expect(modeOf("a")).toBe(0o664);
    expect(readdirSync(dir)).toEqual(["a"]);
  });

  it.runIf(isRoot && !isWindows)("keeps owner and group where it may", async () => {
    writeFileSync(at("a"), "old");
    execFileSync("chown", ["1234:5678", at("a")]);
    await write(at("a"), utf8("new"), "shared");
    expect(statSync(at("a"))).toMatchObject({ uid: 1234, gid: 5678 });
  });

  it("replaces the file (another inode): a reader of the old one has all of it", async () => {
    writeFileSync(at("a"), "old");
    const reader = await open(at("a"), "r");
    await write(at("a"), utf8("new"), "shared");
    expect(await reader.readFile("utf8")).toBe("old");
    await reader.close();
    expect(textOf("a")).toBe("new");
  });

  it("writes through symbolic links, also one behind another and one that dangles", async () => {
    mkdirSync(at("real"));
    writeFileSync(at("real/a"), "old");
    symlinkSync("real/a", at("one"));
    symlinkSync("one", at("two"));
    symlinkSync("real/new", at("dangling"));
    await write(at("two"), utf8("new"), "shared");
    await write(at("dangling"), utf8("made"), "shared");
    expect(textOf("real/a")).toBe("new");
    expect(textOf("real/new")).toBe("made");
    expect(readdirSync(dir).sort()).toEqual(["dangling", "one", "real", "two"]);
  });

  it("gives up on links that lead in a circle", async () => {
    symlinkSync("b", at("a"));
    symlinkSync("a", at("b"));
    await expect(write(at("a"), utf8("x"), "shared")).rejects.toMatchObject({
      code: "CANNOT_WRITE",
    });
  });

  it("keeps hard links together: both names have the new bytes, shorter or longer", async () => {
    writeFileSync(at("a"), "old text");
    linkSync(at("a"), at("b"));
    await write(at("a"), utf8("new"), "shared");
    expect(textOf("b")).toBe("new");
    await write(at("a"), utf8("a much longer text"), "shared");
    expect(textOf("b")).toBe("a much longer text");
    expect(statSync(at("a")).nlink).toBe(2);
  });

  it.skipIf(isWindows)("writes to what is not a regular file", async () => {
    await write("/dev/null", utf8("x"), "secret");
    execFileSync("mkfifo", [at("pipe")]);
    const reader = open(at("pipe"), "r").then(async (file) => {
      const text = await file.readFile("utf8");
      await file.close();
      return text;
    });
    await write(at("pipe"), utf8("through"), "secret");
    expect(await reader).toBe("through");
    expect(statSync(at("pipe")).isFIFO()).toBe(true);
  });

  it("says what is wrong with the target, and changes nothing", async () => {
    mkdirSync(at("folder"));
    await expect(write(at("folder"), utf8("x"), "shared")).rejects.toMatchObject({
      code: "CANNOT_WRITE",
      message: "cannot write the file: it is a directory",
    });
    await expect(write(at("none/a"), utf8("x"), "shared")).rejects.toMatchObject({
      code: "CANNOT_WRITE",
      message: "cannot write the file: no such file or directory",
    });
    expect(readdirSync(dir)).toEqual(["folder"]);
  });

  describe("where there are no hard links", () => {
    beforeEach(() => {
      breakCall("linkSync", "EPERM", () => true);
    });
    afterEach(mendCalls);

    it("makes a new file, and leaves one alone that somebody else has made meanwhile", async () => {
      await write(at("a"), utf8("x"), "shared");
      expect(textOf("a")).toBe("x");
      expect(modeOf("a") & 0o077).toBe(0o044);
      breakCall("linkSync", "EPERM", (_, target) => {
        writeFileSync(target, "theirs");
        return true;
      });
      await expect(write(at("b"), utf8("x"), "shared")).rejects.toMatchObject({ code: "CANNOT_WRITE" });
      expect(textOf("b")).toBe("theirs");
      expect(readdirSync(dir)).toEqual(["a", "b"]);
    });

    it.each([
      ["EIO", "EIO"],
      ["EBUSY", "it is in use"],
    ])("leaves nothing of one that cannot take its place (%s)", async (errno, reason) => {
      breakCall("renameSync", errno, () => true);
      await expect(write(at("a"), utf8("x"), "shared")).rejects.toMatchObject({
        message: `cannot write the file: ${reason}`,
      });
      expect(readdirSync(dir)).toEqual([]);
    });

    it("does not remove what somebody else has written there", async () => {
      breakCall("renameSync", "EIO", (_, target) => {
        writeFileSync(target, "theirs");
        return true;
      });
      await expect(write(at("a"), utf8("x"), "shared")).rejects.toMatchObject({ code: "CANNOT_WRITE" });
      expect(textOf("a")).toBe("theirs");
    });
  });

  it("takes a name as long as the file system allows", async () => {
    const long = "n".repeat(255);
    await write(at(long), utf8("x"), "shared");
    await write(at(long), utf8("y"), "shared");
    expect(textOf(long)).toBe("y");
  });

  it.runIf(hasPermissions)("respects a read-only file and a read-only folder", async () => {
    const writeOne = (): Promise<void> => unprivileged(() => write(at("a"), utf8("x"), "shared"));
    chmodSync(dir, 0o777);
    writeFileSync(at("a"), "old");
    chmodSync(at("a"), 0o444);
    await expect(writeOne()).rejects.toMatchObject({ message: "cannot write the file: permission denied" });
    chmodSync(at("a"), 0o666);
    chmodSync(dir, 0o555);
    await expect(writeOne()).rejects.toMatchObject({
      message: "cannot write the folder of the file: permission denied",
    });
    expect(textOf("a")).toBe("old");
    expect(readdirSync(dir)).toEqual(["a"]);
  });

  it.runIf(isRoot && hasPermissions)(
    "gives another group nothing of the old group's permissions",
    async () => {
      chmodSync(dir, 0o777);
      writeFileSync(at("a"), "old");
      chmodSync(at("a"), 0o664);
      execFileSync("chmod", ["o+w", at("a")]);
      await unprivileged(() => write(at("a"), utf8("x"), "shared"));
      // The group of the process is root's in both cases here, so the mode is whole.
      expect(modeOf("a")).toBe(0o666);
      execFileSync("chown", ["1234:5678", at("a")]);
      await unprivileged(() => write(at("a"), utf8("y"), "shared"));
      expect(modeOf("a")).toBe(0o606);
    },
  );
});
