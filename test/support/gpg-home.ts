import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A keyring of its own, with an agent of its own that `stop` ends. */
export interface GpgHome {
  readonly path: string;
  /** Runs gpg on it and answers stdout; throws where it fails. */
  gpg(args: readonly string[], input?: Uint8Array): Buffer;
  /** Ends the agent; gpg starts a new one, which reads its configuration anew. */
  stopAgent(): void;
  /** Ends the agent and deletes the keyring. */
  stop(): void;
}

/** Its path is short: that of the agent's socket in it must stay below 108 bytes. */
export function makeGpgHome(gpg = "gpg"): GpgHome {
  const path = mkdtempSync(join(tmpdir(), "gpg-"));
  chmodSync(path, 0o700);
  const env = { ...process.env, GNUPGHOME: path };
  const stopAgent = (): void => {
    spawnSync("gpgconf", ["--kill", "all"], { env });
  };
  return {
    path,
    gpg(args, input = new Uint8Array()) {
      const done = spawnSync(gpg, args, { env, input });
      if (done.status === 0) return done.stdout;
      throw new Error(`gpg ${args.join(" ")}: ${done.error?.message ?? done.stderr.toString()}`);
    },
    stopAgent,
    stop() {
      stopAgent();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export interface NewKey {
  /** Of the encryption subkey; null: there is none. Default: cv25519. */
  readonly subkey?: "cv25519" | "rsa2048" | null;
  readonly primary?: "ed25519" | "rsa2048";
  /** When it is made, as gpg writes it: `20200101T000000`. Default: now. */
  readonly made?: string;
  /** Default: never. */
  readonly expires?: string;
  /** Default: none, so that the agent asks nothing. */
  readonly passphrase?: string;
}

/** The fingerprints of a new key and of its subkeys, the primary first. */
export function makeKey(home: GpgHome, name: string, key: NewKey = {}): readonly [string, ...string[]] {
  const common = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", key.passphrase ?? ""];
  const then = key.made === undefined ? [] : ["--faked-system-time", key.made];
  const expires = key.expires ?? "never";
  const user = `${name} <${name}@example.org>`;
  const primary = key.primary ?? "ed25519";
  home.gpg([...common, ...then, "--quick-generate-key", user, primary, "cert,sign", expires]);
  const [fingerprint] = fingerprints(home, user);
  const subkey = key.subkey === undefined ? "cv25519" : key.subkey;
  if (subkey !== null) addSubkey(home, fingerprint, subkey, [...common, ...then], expires);
  return fingerprints(home, fingerprint);
}

export function addSubkey(
  home: GpgHome,
  fingerprint: string,
  algorithm: string,
  common: readonly string[] = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""],
  expires = "never",
): void {
  home.gpg([...common, "--quick-add-key", fingerprint, algorithm, "encr", expires]);
}

export function fingerprints(home: GpgHome, key: string): readonly [string, ...string[]] {
  const listing = home.gpg(["--batch", "--with-colons", "--list-keys", "--", key]).toString();
  const [first = "", ...more] = [...listing.matchAll(/^fpr:+([0-9A-F]+):$/gm)].map((match) => match[1] ?? "");
  return [first, ...more];
}
