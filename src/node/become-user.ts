import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { SopsError } from "../core/base/errors.ts";
import { errnoOf, reasonOf } from "./errno.ts";

interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Not in the types of Node. */
interface WithGroups {
  readonly initgroups?: (user: string, group: number) => void;
}

/**
 * Makes this process, for good, one of another user with all groups of theirs, and answers the variables that name the
 * user to a command: HOME, USER, LOGNAME. As in sops the process itself switches: what starts a child process can give
 * it another user, but takes the user's groups away. A user who is not root may only name themselves.
 * Throws USAGE for an unknown user and where the system has none, EXEC where it is not permitted.
 */
export function becomeUser(name: string): readonly (readonly [string, string])[] {
  const { initgroups } = process as WithGroups;
  if (initgroups === undefined)
    throw new SopsError("USAGE", "--user is not available on this system", {
      hint: "start enc itself as that user",
    });
  const { uid, gid, home } = accountOf(name);
  try {
    if (process.getuid?.() === 0 || process.getuid?.() !== uid) {
      initgroups.call(process, name, gid);
      process.setgid?.(gid);
      process.setuid?.(uid);
    }
  } catch (cause) {
    throw notPermitted(name, cause);
  }
  return [
    ["HOME", home],
    ["USER", name],
    ["LOGNAME", name],
  ];
}

/**
 * The runtime asks the system's user database only about the present user: we are them for a moment. A runtime that
 * does not ask it at all leaves the file of local users.
 */
function accountOf(name: string): Account {
  const own = process.geteuid?.();
  try {
    process.seteuid?.(name);
    const { uid, gid, username, homedir } = userInfo();
    if (uid === process.geteuid?.() && username === name) return { uid, gid, home: homedir };
  } catch (cause) {
    if (errnoOf(cause) === "ERR_UNKNOWN_CREDENTIAL") throw unknownUser(name);
    throw notPermitted(name, cause);
  } finally {
    if (own !== undefined) process.seteuid?.(own);
  }
  return localAccount(name);
}

/** passwd(5): name:password:uid:gid:comment:home:shell. */
function localAccount(name: string): Account {
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const [, , uid, gid, , home] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
  if (uid === undefined || gid === undefined || home === undefined) throw unknownUser(name);
  return { uid: Number(uid), gid: Number(gid), home };
}

function unknownUser(name: string): SopsError {
  return new SopsError("USAGE", `there is no user ${name}`, { hint: "--user takes the name of a user" });
}

function notPermitted(name: string, cause: unknown): SopsError {
  return new SopsError("EXEC", `cannot become the user ${name}: ${reasonOf(cause)}`, {
    hint: "only root may run a command as another user",
  });
}
