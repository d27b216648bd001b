import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function mount(...words: string[]): void {
  execFileSync("mount", words, { stdio: "ignore" });
}

export function unmount(path: string): void {
  execFileSync("umount", [path], { stdio: "ignore" });
}

/** Root of a container mostly may not. */
export function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), "enc-test-"));
  try {
    mount("--bind", probe, probe);
    unmount(probe);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
