import { toByteString } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { printable } from "../../core/base/printable.ts";

/** One `[GNUPG:]` line: `INV_RECP` with `["1", "F438..."]`. See doc/DETAILS of GnuPG. */
interface Status {
  readonly keyword: string;
  readonly values: readonly string[];
}

export interface GpgResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly status: readonly Status[];
  /** The last thing that gpg said to people, in their language, without its `gpg: `; empty: nothing. */
  readonly lastWords: string;
}

export interface GpgCall {
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

const STATUS = "[GNUPG:] ";
const WORDS = "gpg: ";
/** Characters of gpg's own words that a message repeats. */
const WORDS_SHOWN = 200;

/** The program: SOPS_GPG_EXEC, or gpg of the PATH. */
function gpgProgram(host: Host): string {
  const named = host.env("SOPS_GPG_EXEC");
  return named === undefined || named === "" ? "gpg" : named;
}

/** Where gpg keeps its keys, for messages. */
export function gpgHome(host: Host): string {
  const named = host.env("GNUPGHOME");
  if (named !== undefined && named !== "") return named;
  return `${host.homeDir() ?? "~"}/.gnupg`;
}

/**
 * Runs gpg as SOPS does, with its status lines on stderr, which is kept from the user: gpg speaks of success, too.
 * Its agent asks for passphrases by itself. Throws EXEC where there is no gpg.
 */
export async function runGpg(args: readonly string[], host: Host, call: GpgCall = {}): Promise<GpgResult> {
  call.signal?.throwIfAborted();
  const argv = [gpgProgram(host), "--status-fd", "2", ...args];
  const result = await host.run(argv, { ...call, stderr: "collect" }).catch((error: unknown) => {
    throw error instanceof SopsError && error.code === "EXEC" ? noGpg(host) : error;
  });
  const lines = new TextDecoder().decode(result.stderr).split(/\r?\n/);
  return {
    code: result.code,
    stdout: result.stdout,
    status: lines.filter((line) => line.startsWith(STATUS)).map(readStatus),
    lastWords: lastWordsOf(lines),
  };
}

function readStatus(line: string): Status {
  const [keyword = "", ...values] = line.slice(STATUS.length).split(" ");
  return { keyword, values };
}

/** Only what gpg itself says: another program in its place might repeat what it was given. */
function lastWordsOf(lines: readonly string[]): string {
  const words = lines.findLast((line) => line.startsWith(WORDS)) ?? "";
  return printable(words.slice(WORDS.length, WORDS.length + WORDS_SHOWN));
}

/** The values of the first status line with this keyword. */
export function statusOf(result: GpgResult, keyword: string): readonly string[] | undefined {
  return result.status.find((status) => status.keyword === keyword)?.values;
}

/** The number of an error of libgpg-error: the low 16 bits, without the part of gpg that it comes from. */
export function errorNumber(code: string): number {
  return Number(code) & 0xffff;
}

function noGpg(host: Host): SopsError {
  const program = gpgProgram(host);
  return new SopsError("EXEC", `cannot run ${printable(program)}, which PGP keys need`, {
    hint:
      program === "gpg"
        ? "install GnuPG, or name its program in SOPS_GPG_EXEC"
        : "correct SOPS_GPG_EXEC, or leave it out to run gpg",
  });
}

/** gpg's words in brackets, where it said something. */
export function quoted(result: GpgResult): string {
  return result.lastWords === "" ? "" : ` (${result.lastWords})`;
}

/** stdout as text: armor and listings are ASCII but for names. */
export function stdoutText(result: GpgResult): string {
  return toByteString(result.stdout);
}
