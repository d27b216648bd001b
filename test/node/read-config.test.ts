import { execFileSync } from "node:child_process";
import { chmod, chown, lchown, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig, readStores } from "../../src/node/read-config.ts";
import { hasPermissions } from "../support/unprivileged.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "enc-read-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(name: string, text: string | Uint8Array = ""): Promise<string> {
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

describe("loadConfig", () => {
  it("is undefined without a config", async () => {
    expect(await loadConfig({ file: "x", cwd: root })).toBeUndefined();
  });

  it("reads the config and tells its warnings", async () => {
    const path = await write(
      ".sops.yaml",
      "creation_rules: [{age: a, key_groups: [{age: [b]}]}]\nstores: {json: {indent: 2}}",
    );
    const warnings: string[] = [];
    const config = await loadConfig({ file: "x", cwd: root, warn: (message) => void warnings.push(message) });
    expect(config).toMatchObject({ path, stores: { json: 2 } });
    expect(warnings).toHaveLength(1);
    expect(await readStores({ path, named: false }, { cwd: root })).toMatchObject({ json: 2 });
  });

  it("takes an empty file as no rules, /dev/null too", async () => {
    const config = await write("empty.yaml");
    expect((await loadConfig({ cwd: root, config }))?.creationRules).toBeUndefined();
    if (process.platform === "win32") return;
    expect((await loadConfig({ cwd: root, config: "/dev/null" }))?.creationRules).toBeUndefined();
  });

  it.each([
    ["a named config that is missing", "no.yaml", undefined],
    ["a config that is a folder", ".", undefined],
    ["a config that is not UTF-8", "bad.yaml", new Uint8Array([0x61, 0x0a, 0xff])],
    ["a config that is wrong", "wrong.yaml", "rules: []"],
  ])("refuses %s", async (_, config, bytes) => {
    if (bytes !== undefined) await write(config, bytes);
    await expect(loadConfig({ cwd: root, config })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      place: { file: join(root, config) },
    });
  });
});

const SOMEBODY = 4321;
const RULES = "creation_rules: [{age: a}]";

/** Only root can give a file away; who else runs the tests sees the rules in owner.test.ts. */
describe.runIf(process.geteuid?.() === 0)("a config that the search finds", () => {
  const load = (env: Record<string, string> = {}): ReturnType<typeof loadConfig> =>
    loadConfig({ file: join(root, "mine/s.yaml"), cwd: root, env });
  const refused = (place = join(root, ".sops.yaml")): object => ({
    code: "FOREIGN_CONFIG",
    place: { file: place },
    hint: expect.stringContaining("--config") as string,
  });

  it.each([
    ["everybody can write, sticky or not", 0, 0o1777],
    ["everybody can write", 0, 0o777],
    ["a group can write", 0, 0o775],
    ["is the other user's", SOMEBODY, 0o755],
  ])("is refused where somebody else owns it, in a folder that %s", async (_, owner, mode) => {
    const path = await write(".sops.yaml", RULES);
    await chown(path, SOMEBODY, SOMEBODY);
    await chown(root, owner, owner);
    await chmod(root, mode);
    await expect(load()).rejects.toMatchObject(refused());
    await expect(load({ SUDO_UID: "4322" })).rejects.toMatchObject(refused());
    expect(await load({ SUDO_UID: String(SOMEBODY) })).toMatchObject({ path });
    expect(await loadConfig({ file: "s.yaml", cwd: root, config: path })).toMatchObject({ path });
  });

  it("is refused from the working directory, too", async () => {
    const path = await write("cwd/.sops-ts.yaml", RULES);
    await chown(path, SOMEBODY, SOMEBODY);
    await chmod(join(root, "cwd"), 0o777);
    const loaded = loadConfig({ file: join(root, "mine/s.yaml"), cwd: join(root, "cwd"), env: {} });
    await expect(loaded).rejects.toMatchObject(refused(path));
  });

  it("is used in a folder that nobody else can write", async () => {
    const path = await write(".sops.yaml", RULES);
    await chown(path, SOMEBODY, SOMEBODY);
    await chmod(root, 0o755);
    expect(await load()).toMatchObject({ path });
  });

  it("is refused where the link that leads to it is somebody else's", async () => {
    const path = join(root, ".sops.yaml");
    await symlink(await write("theirs-or-ours/c.yaml", RULES), path);
    await lchown(path, SOMEBODY, SOMEBODY);
    await chmod(root, 0o777);
    await expect(load()).rejects.toMatchObject(refused());
  });

  it("is refused where what our link leads to is somebody else's, at the end or on the way", async () => {
    const target = await write("theirs/c.yaml", RULES);
    await chown(target, SOMEBODY, SOMEBODY);
    await chown(join(root, "theirs"), SOMEBODY, SOMEBODY);
    await symlink("theirs/c.yaml", join(root, ".sops.yaml"));
    await expect(load()).rejects.toMatchObject({
      ...refused(),
      message: expect.stringContaining(target) as string,
    });
    await chown(target, 0, 0);
    await symlink("c.yaml", join(root, "theirs/link"));
    await lchown(join(root, "theirs/link"), SOMEBODY, SOMEBODY);
    await rm(join(root, ".sops.yaml"));
    await symlink("theirs/link", join(root, ".sops.yaml"));
    await expect(load()).rejects.toMatchObject(refused());
  });
});

describe.runIf(hasPermissions)("a config that the search finds, ours", () => {
  it("is refused where everybody can write it, and used where a group can", async () => {
    const path = await write(".sops.yaml", RULES);
    await chmod(path, 0o666);
    const load = (): ReturnType<typeof loadConfig> => loadConfig({ file: "s.yaml", cwd: root, env: {} });
    await expect(load()).rejects.toMatchObject({ code: "FOREIGN_CONFIG" });
    await chmod(path, 0o664);
    expect(await load()).toMatchObject({ path });
  });

  it("is used through a link of ours", async () => {
    await write("shared/c.yaml", RULES);
    const path = join(root, ".sops.yaml");
    await symlink("shared/c.yaml", path);
    expect(await loadConfig({ file: "s.yaml", cwd: root, env: {} })).toMatchObject({ path });
  });

  it("is not waited for where it is a pipe", async () => {
    const path = join(root, ".sops.yaml");
    execFileSync("mkfifo", [path]);
    const loaded = loadConfig({ file: "s.yaml", cwd: root, env: {} });
    await expect(loaded).rejects.toMatchObject({ code: "BAD_CONFIG", message: /regular file/ });
  });
});
