import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { childEnvironment } from "../../src/node/child-environment.ts";
import { converse } from "../../src/node/conversation.ts";
import { editText } from "../../src/node/editor.ts";
import { serveFifo } from "../../src/node/fifo.ts";
import { askAgent, forgetInAgent } from "../../src/node/gpg-agent.ts";
import { nodeHost } from "../../src/node/host.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const SECRETS = {
  SOPS_AGE_KEY_CMD: "c4n4ry-cmd",
  VAULT_TOKEN: "c4n4ry-vault",
  AWS_SECRET_ACCESS_KEY: "c4n4ry-aws",
  AWS_SESSION_TOKEN: "c4n4ry-session",
  AZURE_CLIENT_SECRET: "c4n4ry-azure",
  GOOGLE_CREDENTIALS: "c4n4ry-google",
  GOOGLE_OAUTH_ACCESS_TOKEN: "c4n4ry-token",
  HUAWEICLOUD_SDK_SK: "c4n4ry-huawei",
};

describe("childEnvironment", () => {
  const others = {
    PATH: "/bin",
    HOME: "/home/me",
    GNUPGHOME: "/g",
    AWS_PROFILE: "p",
    VAULT_ADDR: "https://v",
  };
  const world = { ...others, ...SECRETS, SOPS_AGE_KEY: "c4n4ry-age" };

  it("withholds what is secret, and nothing else", () => {
    expect(childEnvironment(world, "vim")).toEqual(others);
    expect(childEnvironment(world)).toEqual(others);
  });

  it.each([
    ["age-plugin-yubikey", []],
    [
      "/usr/bin/age-plugin-awskms",
      ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN"],
    ],
    ["age-plugin-gcp", ["GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN"]],
    ["age-plugin-vault", ["VAULT_TOKEN"]],
    ["age-plugin-azure.exe", ["AZURE_CLIENT_SECRET"]],
    ["aws", []],
  ])("gives %s what its name says that it reads", (program, names) => {
    const given = childEnvironment(world, program);
    expect(Object.keys(given).filter((name) => !(name in others))).toEqual(names);
  });

  it("gives what SOPS_TS_CHILD_ENV names", () => {
    const given = childEnvironment({ ...world, SOPS_TS_CHILD_ENV: "VAULT_TOKEN, AWS_SESSION_TOKEN" }, "x");
    expect(given).toMatchObject({ VAULT_TOKEN: "c4n4ry-vault", AWS_SESSION_TOKEN: "c4n4ry-session" });
    expect(given).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  });
});

describe.skipIf(process.platform === "win32")("a program that enc starts", () => {
  let dir = "";
  let env: Record<string, string> = {};
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "enc-child-"));
    env = {
      ...SECRETS,
      SOPS_AGE_KEY: IDENTITY,
      PATH: [dir, process.env["PATH"] ?? ""].join(delimiter),
      HOME: dir,
      TMPDIR: dir,
    };
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** Tells what it was given, then does `more`. */
  async function fake(name: string, more = "exit 0"): Promise<string> {
    const file = join(dir, name);
    await writeFile(file, `#!/bin/sh\n/usr/bin/env > '${dir}/seen'\n${more}\n`);
    await chmod(file, 0o755);
    return file;
  }
  const seen = (): Promise<string> => readFile(join(dir, "seen"), "utf8");
  async function sawNoSecret(given = `HOME=${dir}`): Promise<void> {
    const text = await seen();
    expect(text).toContain(given);
    expect(text).not.toMatch(/c4n4ry|AGE-SECRET-KEY/);
  }

  it("the editor", async () => {
    await fake("vim", 'echo new > "$1"');
    const options = { name: "a.yaml", cwd: dir, env, askAgain: () => Promise.resolve(false) };
    await editText(new Uint8Array([10]), () => Promise.resolve(), options);
    await sawNoSecret();
  });

  it("gpg", async () => {
    await nodeHost({ env }).run([await fake("gpg")], { stderr: "collect" });
    await sawNoSecret();
  });

  it("gpg-connect-agent", async () => {
    await fake("gpg-connect-agent");
    await askAgent("name", "question", env);
    await sawNoSecret();
    await rm(join(dir, "seen"));
    await forgetInAgent("name", env);
    await sawNoSecret();
  });

  it("a plugin of age", async () => {
    const conversation = await converse([await fake("age-plugin-x", "cat")], env);
    await conversation.write(new Uint8Array([10]));
    await conversation.read();
    await conversation.close();
    await sawNoSecret();
  });

  it("mkfifo", async () => {
    await fake("mkfifo", "exit 1");
    expect(await serveFifo(new Uint8Array(), { path: join(dir, "f"), spares: dir, env })).toBeNull();
    await sawNoSecret(`PATH=${dir}`);
  });

  it("not SOPS_AGE_KEY_CMD and the command of exec-env, which get all", async () => {
    const sealed = join(dir, "a.env");
    await writeFile(sealed, "A=1\n");
    expect((await enc(["encrypt", "-i", "--age", RECIPIENT, sealed], { cwd: dir, env })).code).toBe(0);
    const command = await fake("fetch-key", `echo ${IDENTITY}`);
    const world = { ...env, SOPS_AGE_KEY: "", SOPS_AGE_KEY_CMD: command };
    expect((await enc(["decrypt", sealed], { cwd: dir, env: world })).code).toBe(0);
    expect(await seen()).toContain("VAULT_TOKEN=c4n4ry-vault");
    await rm(join(dir, "seen"));
    await fake("run");
    expect((await enc(["exec-env", sealed, "--", join(dir, "run")], { cwd: dir, env })).code).toBe(0);
    expect(await seen()).toContain("AWS_SECRET_ACCESS_KEY=c4n4ry-aws");
  });
});
