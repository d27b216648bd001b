import { findProgram } from "./find-program.ts";
import { systemProgram } from "./system-program.ts";

/** Has the file an access list (ACL) besides its mode? Null: nothing here can tell. */
export async function hasAccessList(path: string): Promise<boolean | null> {
  const listed = await byLs([path]);
  if (listed !== null) return listed[0] ?? null;
  const args = ["--skip-base", "--absolute-names", "--numeric", "--", path];
  const { code, out } = await systemProgram("getfacl", args, "wanted");
  return code === 0 ? out.trim() !== "" : null;
}

/**
 * Which of these files may have an access list or extended attributes, by one program for all. Without getfattr, which
 * few systems have, only access lists are seen. Null: nothing here can tell.
 */
export async function haveAttributes(paths: readonly string[]): Promise<readonly boolean[] | null> {
  const hasGetfattr = findProgram("getfattr", process.env["PATH"] ?? "") !== null;
  return (hasGetfattr ? await byGetfattr(paths) : null) ?? (await byLs(paths));
}

/** It prints a block for each file that has any: `# file: NAME`, with bytes that are no letters as `\ooo`. */
async function byGetfattr(paths: readonly string[]): Promise<readonly boolean[] | null> {
  const args = ["--absolute-names", "--match=-", "--", ...paths];
  const { code, out } = await systemProgram("getfattr", args, "wanted");
  if (code !== 0) return null;
  const names = [...out.matchAll(/^# file: (.*)$/gm)].map(([, name = ""]) =>
    name.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
  );
  const found = new Set(names);
  return paths.map((path) => found.has(Buffer.from(path).toString("latin1")));
}

/** GNU's `ls -l` puts a + after the mode. That of BusyBox does not: it does not know `--author` either, and fails. */
async function byLs(paths: readonly string[]): Promise<readonly boolean[] | null> {
  const args = ["-ldnU", "--author", "--quoting-style=escape", "--", ...paths];
  const { code, out } = await systemProgram("ls", args, "wanted");
  const lines = out.split("\n").slice(0, -1);
  return code === 0 && lines.length === paths.length ? lines.map((line) => line[10] === "+") : null;
}
