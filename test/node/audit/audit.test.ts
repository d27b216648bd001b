import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditOf } from "../../../src/node/audit/index.ts";
import { decryptFile, encryptFile } from "../../../src/node/file-api.ts";
import { nodeHost } from "../../../src/node/host.ts";
import { readEnv } from "../../../src/node/load-env.ts";
import type { Host } from "../../../src/core/ports/host.ts";
import { enc } from "../../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { hasPermissions, unprivileged } from "../../support/unprivileged.ts";

const OWN = "/etc/sops/audit.yaml";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "enc-audit-"));
});
afterEach(() => rm(dir, { recursive: true }));

const config = (file: string): string =>
  `backends:\n  file:\n    - path: ${JSON.stringify(join(dir, file))}\n`;
const env = (): Record<string, string> => ({
  SOPS_AGE_KEY: IDENTITY,
  HOME: dir,
  PATH: process.env["PATH"] ?? "",
});

/** A host whose machine has an audit config of its own. */
function machineWith(own: string | null, more: Record<string, string> = {}): Host {
  const host = nodeHost({ env: { ...env(), ...more } });
  const text = own === null ? null : Buffer.from(own);
  return { ...host, readFile: (path) => (path === OWN ? Promise.resolve(text) : host.readFile(path)) };
}

async function events(file: string): Promise<unknown[]> {
  const lines = (await readFile(join(dir, file), "utf8")).trimEnd().split("\n");
  return lines.map((line) => {
    const { time, action, username, file: path, ...more } = JSON.parse(line) as Record<string, string>;
    expect(new Date(time ?? "").toISOString()).toBe(time);
    expect([username, more]).toEqual([userInfo().username, {}]);
    return [action, path];
  });
}

describe("an audit file", () => {
  it("has a line for each use, by the command and by the library", async () => {
    await writeFile(join(dir, "audit.yaml"), config("log"));
    const path = join(dir, "f.yaml");
    await writeFile(path, "a: s3cr3t-canary\n");
    const more = { SOPS_TS_AUDIT_CONFIG: join(dir, "audit.yaml") };
    const host = machineWith(null, more);
    await encryptFile(path, { recipients: [RECIPIENT], writeTo: path, host });
    await decryptFile(path, { host });
    await readEnv([path], { host });
    const run = (...argv: string[]) => enc(argv, { cwd: dir, env: { ...env(), ...more } });
    expect((await run("set", "f.yaml", "a", '"x"')).code).toBe(0);
    expect(
      (
        await enc(["decrypt", "--input-type", "yaml", "--output-type", "yaml"], {
          cwd: dir,
          env: { ...env(), ...more },
          stdin: await readFile(path),
        })
      ).code,
    ).toBe(0);
    expect((await run("filestatus", "f.yaml")).code).toBe(0);
    expect(await events("log")).toEqual([
      ["encrypt", path],
      ["decrypt", path],
      ["decrypt", path],
      ["decrypt", path],
      ["encrypt", path],
      ["decrypt", dir],
    ]);
    expect(await readFile(join(dir, "log"), "utf8")).not.toMatch(/canary|AGE-SECRET/);
  });

  it("names each of many files", async () => {
    await writeFile(join(dir, "audit.yaml"), config("log"));
    for (const name of ["a.yaml", "b.yaml"]) await writeFile(join(dir, name), "x: 1\n");
    const more = { ...env(), SOPS_TS_AUDIT_CONFIG: join(dir, "audit.yaml") };
    const run = async (...argv: string[]): Promise<unknown> => {
      const result = await enc([...argv, "a.yaml", "b.yaml"], { cwd: dir, env: more });
      expect(result.code, result.stderr).toBe(0);
      const seen = (await events("log")).map((event) => JSON.stringify(event)).sort();
      await rm(join(dir, "log"));
      return seen;
    };
    const each = (...actions: string[]): string[] =>
      ["a.yaml", "b.yaml"]
        .flatMap((name) => actions.map((action) => JSON.stringify([action, join(dir, name)])))
        .sort();
    expect(await run("encrypt", "--age", RECIPIENT, "-i")).toEqual(each("encrypt"));
    expect(await run("rotate", "-i")).toEqual(each("rotate", "decrypt", "encrypt"));
    expect(await run("decrypt", "-i")).toEqual(each("decrypt"));
  });

  it.runIf(hasPermissions)("is its owner's alone where it is new", async () => {
    await auditOf(machineWith(config("log")), "/f")("decrypt");
    if (hasPermissions) expect((await stat(join(dir, "log"))).mode & 0o777).toBe(0o600);
  });

  it("keeps the lines of many at once whole", async () => {
    const audits = Array.from({ length: 50 }, (_, i) =>
      auditOf(machineWith(config("log")), `/${"x".repeat(i * 20)}`),
    );
    await Promise.all(audits.map((audit) => audit("encrypt")));
    expect((await events("log")).length).toBe(50);
  });

  it("is in the config of the machine or in the one of the variable: both are written to", async () => {
    await writeFile(join(dir, "more.yaml"), config("more"));
    const host = machineWith(config("own"), { SOPS_TS_AUDIT_CONFIG: join(dir, "more.yaml") });
    await auditOf(host, "/f")("rotate");
    expect([await events("own"), await events("more")]).toEqual([[["rotate", "/f"]], [["rotate", "/f"]]]);
  });
});

describe("an audit that cannot be", () => {
  it.each([
    ["YAML that is none", "backends: [c4n4ry", "not valid YAML"],
    ["an unknown backend", "backends:\n  postgers: []\n", "did you mean postgres?"],
    ["an unknown key at the top", "backend:\n  postgres: []\n", "did you mean backends?"],
    ["a list of texts", "backends:\n  postgres: [c4n4ry]\n", "must be a map"],
    [
      "no connection string",
      "backends:\n  postgres: [{}]\n",
      "connection_string of an audit backend is missing",
    ],
    ["a relative path", "backends:\n  file: [{path: c4n4ry}]\n", "must be absolute"],
    [
      "a folder that is not there",
      "backends:\n  file: [{path: /nowhere/at/all}]\n",
      "cannot write to the audit file",
    ],
  ])("stops everything: %s", async (_, own, says) => {
    const path = join(dir, "f.yaml");
    await writeFile(path, "a: 1\n");
    await encryptFile(path, { recipients: [RECIPIENT], writeTo: path, host: machineWith(null) });
    const error = await decryptFile(path, { host: machineWith(own) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const { message, hint } = error as Error & { hint: string };
    expect(`${message} ${hint}`).toContain(says);
    expect(`${message} ${hint}`).not.toContain("c4n4ry");
  });

  it("a variable that names no file is an error, not no audit", async () => {
    const host = machineWith(config("own"), { SOPS_TS_AUDIT_CONFIG: join(dir, "missing") });
    await expect(auditOf(host, "/f")("decrypt")).rejects.toThrow(
      "that SOPS_TS_AUDIT_CONFIG names does not exist",
    );
  });

  it.runIf(hasPermissions)(
    "a config that may not be read is an error, where sops goes on without",
    async () => {
      const hidden = join(dir, "hidden.yaml");
      await writeFile(hidden, config("log"));
      await chmod(hidden, 0);
      await chmod(dir, 0o755);
      const host = machineWith(null, { SOPS_TS_AUDIT_CONFIG: hidden });
      await unprivileged(() => expect(auditOf(host, "/f")("decrypt")).rejects.toThrow("cannot read"));
    },
  );
});

describe("no audit", () => {
  it("costs one look at a file that is not there", async () => {
    const looked: string[] = [];
    const host = {
      ...machineWith(null),
      readFile: (path: string) => (looked.push(path), Promise.resolve(null)),
    };
    const audit = auditOf(host, "/f");
    await audit("decrypt");
    await audit("encrypt");
    expect(looked).toEqual([OWN]);
  });
});
