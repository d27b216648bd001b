import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { WrappedKey } from "../../../src/core/keys/key.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as pgpProvider } from "../../../src/providers/pgp/index.ts";
import { makeGpgHome, makeKey, type GpgHome } from "../../support/gpg-home.ts";
import { describeWith } from "../../support/parts.ts";

const DATA_KEY = new Uint8Array(32).map((_, i) => 200 - i);
const PASSPHRASE = "correct horse";

/** A pinentry (it speaks Assuan) that answers with the file `answer`, cancels where there is none, and notes its options. */
const PINENTRY = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "OK at your service"
while read -r line; do
  echo "$line" >> asked
  case $line in
    GETPIN*) if [ -f answer ]; then echo "D $(cat answer)"; echo OK; else echo "ERR 83886179 cancelled"; fi ;;
    BYE*) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
`;

describeWith(["gpg", "gpgconf"], "a key with a passphrase", () => {
  let home: GpgHome;
  let key: WrappedKey;
  let fp = "";
  const answer = (): string => join(home.path, "answer");
  const asked = (): string => join(home.path, "asked");

  beforeAll(async () => {
    home = makeGpgHome();
    writeFileSync(join(home.path, "pinentry"), PINENTRY, { mode: 0o700 });
    writeFileSync(
      join(home.path, "gpg-agent.conf"),
      `pinentry-program ${join(home.path, "pinentry")}\ndefault-cache-ttl 0\nmax-cache-ttl 0\ns2k-count 65536\n`,
    );
    [fp] = makeKey(home, "locked", { passphrase: PASSPHRASE });
    const ref = { type: "pgp", fields: { fp } } as const;
    key = { ...ref, enc: await pgpProvider.wrap(ref, DATA_KEY, host()) };
  });
  afterAll(() => {
    home.stop();
  });
  beforeEach(() => {
    rmSync(answer(), { force: true });
    rmSync(asked(), { force: true });
  });

  const host = (env: Record<string, string> = {}): ReturnType<typeof nodeHost> =>
    nodeHost({ env: { PATH: process.env["PATH"], GNUPGHOME: home.path, ...env } });

  test("is opened by the agent's own question, on the terminal that GPG_TTY names", async () => {
    writeFileSync(answer(), PASSPHRASE);
    expect(await pgpProvider.unwrap(key, host({ GPG_TTY: "/dev/pts/99", TERM: "vt100" }))).toEqual(DATA_KEY);
    const questions = readFileSync(asked(), "utf8");
    expect(questions).toContain("OPTION ttyname=/dev/pts/99\n");
    expect(questions.match(/^GETPIN/gm)).toHaveLength(1);
  });

  test("says so when the question is closed", async () => {
    await expect(pgpProvider.unwrap(key, host())).rejects.toThrow(
      expect.objectContaining({
        code: "KEY_DENIED",
        message: `gpg could not use the secret key ${fp}: the passphrase was not given`,
      }),
    );
  });

  test("says so when the passphrase is wrong, which is not repeated", async () => {
    writeFileSync(answer(), "wrong staple");
    const error: unknown = await pgpProvider.unwrap(key, host()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "KEY_DENIED",
      message: `gpg could not use the secret key ${fp}: the passphrase was wrong`,
    });
    expect(JSON.stringify(error) + String(error)).not.toContain("staple");
  });

  test("asks nothing to encrypt", async () => {
    await pgpProvider.wrap(key, DATA_KEY, host());
    expect(existsSync(asked())).toBe(false);
  });

  test("without a pinentry that starts", async () => {
    const conf = join(home.path, "gpg-agent.conf");
    const before = readFileSync(conf, "utf8");
    writeFileSync(conf, before.replace(/^pinentry-program .*$/m, "pinentry-program /nowhere/pinentry"));
    home.stopAgent();
    await expect(pgpProvider.unwrap(key, host())).rejects.toThrow(
      expect.objectContaining({ code: "KEY_DENIED", hint: expect.stringContaining("GPG_TTY") as string }),
    );
    writeFileSync(conf, before);
    home.stopAgent();
  });
});
