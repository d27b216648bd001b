import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as pgpProvider } from "../../../src/providers/pgp/index.ts";
import { makeGpgHome, makeKey, type GpgHome } from "../../support/gpg-home.ts";
import { describeWith } from "../../support/parts.ts";
import { conformance, type Stalled } from "../conformance.ts";

const ref = (fp: string): { readonly type: "pgp"; readonly fields: { readonly fp: string } } => ({
  type: "pgp",
  fields: { fp },
});

describeWith(["gpg", "gpgconf"], "PGP", () => {
  conformance("pgp", async () => {
    const home = makeGpgHome();
    const other = makeGpgHome();
    const hostOf = ({ path }: GpgHome, env: Record<string, string> = {}): ReturnType<typeof nodeHost> =>
      nodeHost({ env: { PATH: process.env["PATH"], GNUPGHOME: path, ...env } });
    const [fp] = makeKey(home, "mine");
    const [expired] = makeKey(home, "old", { made: "20200101T000000", expires: "20200102T000000" });
    const [foreign] = makeKey(other, "theirs");
    const unknown = "0123456789ABCDEF0123456789ABCDEF01234567";
    return {
      provider: pgpProvider,
      host: hostOf(home),
      ref: ref(fp),
      foreign: {
        key: {
          ...ref(foreign),
          enc: await pgpProvider.wrap(ref(foreign), new Uint8Array(32), hostOf(other)),
        },
      },
      denied: [
        { what: "an expired key", code: "KEY_UNUSABLE", ref: ref(expired) },
        { what: "an unknown key", code: "KEY_NOT_FOUND", ref: ref(unknown) },
        { what: "no gpg", code: "EXEC", host: hostOf(home, { SOPS_GPG_EXEC: "/nowhere/gpg" }) },
      ],
      configForms: {
        string: { entry: fp, keys: [{ fp }] },
        "comma list": { entry: `${fp}, ${foreign}!`, keys: [{ fp }, { fp: `${foreign}!` }] },
        list: { entry: [fp, foreign], keys: [{ fp }, { fp: foreign }] },
        object: { without: "PGP keys of a group are texts" },
      },
      stalled: () => Promise.resolve(stalledGpg(home, hostOf)),
      secrets: [home.gpg(["--batch", "--armor", "--export-secret-keys", fp]).toString()],
      stop() {
        home.stop();
        other.stop();
        return Promise.resolve();
      },
    };
  });
});

let count = 0;

/** A program in gpg's place that notes its process id and then waits. */
function stalledGpg(
  home: GpgHome,
  hostOf: (home: GpgHome, env: Record<string, string>) => Stalled["host"],
): Stalled {
  const name = join(home.path, `stalled-${String(++count)}`);
  writeFileSync(name, `#!/bin/sh\necho $$ > ${name}.pid\nexec sleep 60\n`, { mode: 0o700 });
  const pid = (): number => (existsSync(`${name}.pid`) ? Number(readFileSync(`${name}.pid`, "utf8")) : 0);
  return {
    host: hostOf(home, { SOPS_GPG_EXEC: name }),
    reached: () => expect.poll(pid, { timeout: 10_000 }).toBeGreaterThan(0),
    running: () => (pid() > 0 && isAlive(pid()) ? 1 : 0),
    stop: () => Promise.resolve(),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
