import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { provider as ageProvider } from "../../../src/providers/age/index.ts";
import { encodeBech32 } from "../../../src/providers/age/bech32.ts";
import { RECIPIENT } from "../../support/context.ts";
import { conformance, type Setup } from "../conformance.ts";

const recipient = encodeBech32("age1fake", utf8("work"));
const identityThat = (does: string): string => encodeBech32("age-plugin-fake-", utf8(does)).toUpperCase();
const other = encodeBech32("age1fake", utf8("crash"));
const ref = { type: "age", fields: { recipient } } as const;
const foreignRef = { type: "age", fields: { recipient: RECIPIENT } } as const;

/** The provider's only keys that can be refused, and that can hang. X25519 keys have their own run of this suite. */
describe.skipIf(process.platform === "win32")("an age plugin", () => {
  conformance("age plugin", async (): Promise<Setup> => {
    const dir = mkdtempSync(join(tmpdir(), "enc-plugin-"));
    cpSync(join(import.meta.dirname, "../../support/age-plugin-fake.mjs"), join(dir, "age-plugin-fake"));
    writeFileSync(join(dir, "log"), "");
    const hostOf = (env: Readonly<Record<string, string>>): ReturnType<typeof nodeHost> =>
      nodeHost({
        env: { PATH: `${dir}:${process.env["PATH"] ?? ""}`, FAKE_PLUGIN_LOG: join(dir, "log"), ...env },
      });
    const hostThat = (...does: string[]): ReturnType<typeof nodeHost> =>
      hostOf({ SOPS_AGE_KEY: does.map(identityThat).join("\n") });
    const host = hostThat("work");
    const enc = await ageProvider.wrap(ref, new Uint8Array(32), host);
    return {
      provider: ageProvider,
      host,
      ref,
      foreign: { key: { ...foreignRef, enc: await ageProvider.wrap(foreignRef, new Uint8Array(32), host) } },
      denied: [
        {
          what: "a plugin that declines",
          code: "KEY_UNUSABLE",
          host: hostThat("refuse", "other"),
          key: { ...ref, enc },
        },
        {
          what: "a plugin that ends early",
          code: "KEY_UNUSABLE",
          ref: { type: "age", fields: { recipient: other } },
        },
      ],
      configForms: {
        string: { entry: recipient, keys: [{ recipient }] },
        "comma list": { entry: `${recipient},${other}`, keys: [{ recipient }, { recipient: other }] },
        list: { entry: [recipient, RECIPIENT], keys: [{ recipient }, { recipient: RECIPIENT }] },
        object: { without: "age keys of a group are texts" },
      },
      stalled: () => {
        const pids = join(dir, "log.pids");
        writeFileSync(pids, "");
        const alive = (): number => readFileSync(pids, "utf8").split("\n").filter(isAlive).length;
        return Promise.resolve({
          host: hostOf({ SOPS_AGE_KEY: identityThat("work"), FAKE_PLUGIN_HANGS: "1" }),
          reached: async () => {
            while (alive() === 0) await new Promise((done) => setTimeout(done, 20));
          },
          running: alive,
          stop: () => Promise.resolve(),
        });
      },
      secrets: [identityThat("work")],
      stop: () => {
        rmSync(dir, { recursive: true, force: true });
        return Promise.resolve();
      },
    };
  });
});

function isAlive(pid: string): boolean {
  if (pid === "") return false;
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
