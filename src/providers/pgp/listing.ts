import type { Host } from "../../core/ports/host.ts";
import { withoutForce } from "./fingerprint.ts";
import { errorNumber, quoted, runGpg, statusOf, stdoutText } from "./gpg.ts";

/** A primary key or a subkey, as `gpg --with-colons` prints it (doc/DETAILS of GnuPG). */
export interface ListedKey {
  readonly primary: boolean;
  /** `e` expired, `r` revoked, `d` disabled, `i` invalid; other letters say how far it is trusted. */
  readonly validity: string;
  /** Seconds since 1970; undefined: never. */
  readonly expires: number | undefined;
  /** Lower case: what this key can do; upper case, primary keys only: what its usable subkeys can; `D`: disabled. */
  readonly abilities: string;
  readonly fingerprint: string;
}

export interface Listing {
  readonly keys: readonly ListedKey[];
  /** libgpg-error's number where gpg listed nothing; undefined: it did not say. */
  readonly error?: number | undefined;
  /** gpg's own, in brackets. */
  readonly words: string;
}

/** The public or secret keys that gpg knows under a fingerprint. */
export async function listKeys(
  which: "--list-keys" | "--list-secret-keys",
  fingerprint: string,
  host: Host,
  signal?: AbortSignal,
): Promise<Listing> {
  const args = ["--batch", "--with-colons", which, "--", withoutForce(fingerprint)];
  const result = await runGpg(args, host, { signal });
  const words = quoted(result);
  if (result.code === 0) return { keys: parseListing(stdoutText(result)), words };
  const code = statusOf(result, "ERROR")?.[1];
  return { keys: [], error: code === undefined ? undefined : errorNumber(code), words };
}

/** A `pub`, `sub`, `sec` or `ssb` line and the `fpr` line that follows it make a key. */
function parseListing(text: string): readonly ListedKey[] {
  const keys: ListedKey[] = [];
  let fields: readonly string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const parts = line.split(":");
    if (/^(?:pub|sub|sec|ssb)$/.test(parts[0] ?? "")) fields = parts;
    if (parts[0] !== "fpr" || fields.length === 0) continue;
    keys.push(keyOf(fields, parts[9] ?? ""));
    fields = [];
  }
  return keys;
}

function keyOf(fields: readonly string[], fingerprint: string): ListedKey {
  const expires = Number(fields[6] ?? "");
  return {
    primary: fields[0] === "pub" || fields[0] === "sec",
    validity: fields[1] ?? "",
    expires: Number.isSafeInteger(expires) && expires > 0 ? expires : undefined,
    abilities: fields[11] ?? "",
    fingerprint,
  };
}
