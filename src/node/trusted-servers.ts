import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { configFile } from "../core/ports/config-directory.ts";
import { fromUtf8, utf8 } from "../core/base/bytes.ts";
import { SopsError } from "../core/base/errors.ts";
import type { Host } from "../core/ports/host.ts";
import { isError } from "../core/base/realm.ts";
import { errnoOf } from "./errno.ts";
import { writeFileSafely } from "./files.ts";
import { whyForeign, withOpened } from "./owner.ts";
import { MOST_OF_A_SETTING, readOpened } from "./read-file.ts";
import { cannotRead } from "./read-input.ts";
import { seenOrNot } from "./seen.ts";

type World = Pick<Host, "env" | "homeDir" | "platform" | "warn">;

const HEAD =
  "# Vault servers that get your token when a file names them. Remove a line, and enc asks again.\n";

/** Answers of this process, so that many files ask once; a no is not kept for the next. */
const answers = new WeakMap<World, Map<string, Promise<boolean | null>>>();
let before: Promise<unknown> = Promise.resolve();

/** The servers in the user's list, one a line. */
export function trustedServers(host: World): readonly string[] {
  return (listOf(host) ?? "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** One question at a time, and one for each server. */
export function askToTrust(host: World, server: string, question: string): Promise<boolean | null> {
  const known = answers.get(host) ?? new Map<string, Promise<boolean | null>>();
  answers.set(host, known);
  const answer = known.get(server) ?? before.then(() => ask(host, server, question));
  known.set(server, answer);
  before = answer.catch(() => undefined);
  return answer;
}

async function ask(host: World, server: string, question: string): Promise<boolean | null> {
  const { askYesOrNo } = await import("./terminal.ts");
  const answer = await askYesOrNo(question);
  if (answer === true) await keep(host, server);
  return answer;
}

/** Where it cannot be kept, it holds for this once. */
async function keep(host: World, server: string): Promise<void> {
  const path = pathOf(host);
  try {
    if (path === null) throw new SopsError("CANNOT_WRITE", "there is no configuration folder");
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const seen = seenOrNot(path);
    const old = listOf(host);
    // One that is not heeded is the user's all the same.
    if (old === null) throw new SopsError("CANNOT_WRITE", "the list is not heeded");
    const text = old === "" ? HEAD : old.endsWith("\n") ? old : `${old}\n`;
    await writeFileSafely(path, utf8(`${text}${server}\n`), {
      newMode: "secret",
      seen,
      warn: (message) => {
        host.warn(message);
      },
    });
    host.warn(`${server} stands in ${path} now`);
  } catch (error) {
    if (!isError(error)) throw error;
    host.warn("your answer cannot be kept for the next time: export VAULT_ADDR instead");
  }
}

/** The text of the list, empty where there is none; null: it is not heeded, and why is told. */
function listOf(host: World): string | null {
  const path = pathOf(host);
  if (path === null) return "";
  try {
    return withOpened(path, (fd, stats) => {
      const foreign = whyForeign(path, { SUDO_UID: host.env("SUDO_UID") }, stats);
      const why = foreign ?? (stats.isFile() ? undefined : "it is no regular file");
      if (why === undefined) return fromUtf8(readOpened(fd, stats, MOST_OF_A_SETTING));
      host.warn(`${path} is not heeded: ${why}`);
      return null;
    });
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return "";
    throw cause instanceof SopsError ? cause : cannotRead(cause).at({ file: path });
  }
}

function pathOf(host: World): string | null {
  const path = configFile(host, "sops-ts", "vault-servers");
  return typeof path === "string" ? path : null;
}
