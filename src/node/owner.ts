import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";

/** What tells who can write something. */
type Owned = Pick<Stats, "uid" | "mode">;
type Environment = Readonly<Record<string, string | undefined>>;

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;

/** Of one path a system follows no more links than this. */
const MOST_LINKS = 40;

/**
 * File systems of other machines and other systems, most of which show one mode for all files: 9p (WSL, gVisor), CIFS,
 * SMB2, VirtualBox, exFAT, FAT, the two drivers of NTFS. A mode that nobody chose says nothing.
 */
const WITHOUT_MODES: ReadonlySet<number> = new Set([
  0x01021997, 0xff534d42, 0xfe534d42, 0x786f4256, 0x2011bab0, 0x4d44, 0x5346544e, 0x7366746e,
]);

/**
 * Why a file that decides for the user may be the work of somebody else; undefined: it is ours. A config decides who can
 * open the next secret, and the folders above a file are not always the user's: everybody can put one into /tmp; a list of
 * servers decides who gets a token. So it must be owned by the user or by root, or stand in a folder that only these can
 * write, as git asks of a repository (`safe.directory`); of a link that holds for the link and for what it leads to. Windows
 * keeps no such modes. `opened`: of the very file that is read, which may be another by now than the one that has the name.
 */
export function whyForeign(path: string, env: Environment, opened?: Stats): string | undefined {
  const users = trustedUsers(process.geteuid?.(), env);
  if (users === null) return undefined;
  for (const entry of withLinks(path)) {
    const found = lstatSync(entry);
    const stats = found.isSymbolicLink() ? found : (opened ?? found);
    const why = whyForeignEntry(stats, statSync(dirname(entry)), users);
    if (why === "owner") return ownerText(stats.uid, entry, path);
    if (why === "mode" && !keepsNoModes(entry)) return `everybody can write ${nameOf(entry, path)}`;
  }
  return undefined;
}

/** Has `read` judge the very file that it reads. A pipe is not waited for: who put it there may never write into it. */
export function withOpened<T>(path: string, read: (fd: number, stats: Stats) => T): T {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return read(fd, fstatSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** Who is answered for: ourselves, root, and for root under sudo the user who called it. Null: there are no users. */
export function trustedUsers(own: number | undefined, env: Environment): ReadonlySet<number> | null {
  if (own === undefined) return null;
  const caller = own === 0 ? env["SUDO_UID"] : undefined;
  return new Set([own, 0, ...(/^\d{1,10}$/.test(caller ?? "") ? [Number(caller)] : [])]);
}

/** Of an entry and its folder: somebody else may have put it there, or everybody may write it. */
export function whyForeignEntry(
  entry: Owned & { readonly isSymbolicLink: () => boolean },
  folder: Owned,
  users: ReadonlySet<number>,
): "owner" | "mode" | undefined {
  const folderIsOurs = users.has(folder.uid) && (folder.mode & (WRITABLE_BY_GROUP | WRITABLE_BY_ALL)) === 0;
  if (!users.has(entry.uid) && !folderIsOurs) return "owner";
  // Of a link the mode says nothing. A group may be one that works together, or the user's own.
  return !entry.isSymbolicLink() && (entry.mode & WRITABLE_BY_ALL) !== 0 ? "mode" : undefined;
}

/** The path itself, and what it leads to, link by link. */
function withLinks(path: string): readonly string[] {
  const found = [path];
  for (let at = path; found.length <= MOST_LINKS && lstatSync(at).isSymbolicLink(); found.push(at))
    at = resolve(realpathSync(dirname(at)), readlinkSync(at));
  return found;
}

function keepsNoModes(path: string): boolean {
  return WITHOUT_MODES.has(statfsSync(path).type);
}

const nameOf = (entry: string, path: string): string => (entry === path ? "it" : entry);

function ownerText(owner: number, entry: string, path: string): string {
  return `${nameOf(entry, path)} is owned by user ${String(owner)}, in a folder that others can write`;
}
