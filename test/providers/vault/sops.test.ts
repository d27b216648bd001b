import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enc, type CliResult } from "../../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { describeWith, part } from "../../support/parts.ts";
import { realSops, runSops, type SopsResult } from "../../support/real-sops.ts";
import { startBao, type Bao } from "../../support/servers/bao.ts";

const PLAIN = "a: one # note\nb: [2, 'three']\n";
const JUDGES = [
  ["the sops of npm", realSops],
  ["the sops of the cache", part("sops")],
].filter((judge): judge is [string, string] => judge[1] !== null);

describeWith(["bao", "sops"], "Vault keys and the real sops", () => {
  let bao: Bao;
  let dir = "";
  let env: Record<string, string> = {};

  beforeAll(async () => {
    bao = await startBao();
    dir = mkdtempSync(join(tmpdir(), "enc-vault-"));
    env = { HOME: dir, VAULT_TOKEN: bao.token, VAULT_ADDR: bao.url };
    for (const mount of ["transit", "team/a/transit"]) {
      await bao.call("POST", `sys/mounts/${mount}`, { type: "transit" });
      await bao.call("POST", `${mount}/keys/k`);
    }
    writeFileSync(join(dir, "plain.yaml"), PLAIN);
  });
  afterAll(async () => {
    await bao.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const uri = (mount = "transit", key = "k"): string => `${bao.url}/v1/${mount}/keys/${key}`;
  const sops = (program: string, args: string[], more: Record<string, string> = {}): Promise<SopsResult> =>
    runSops(args, { program, cwd: dir, env: { ...env, ...more } });
  const ours = (args: string[], more: Record<string, string> = {}): Promise<CliResult> =>
    enc(args, { cwd: dir, env: { ...env, ...more } });
  const write = (name: string, content: Uint8Array | string): void => {
    writeFileSync(join(dir, name), content);
  };

  /** Seals with one, opens with the other. */
  async function bothWays(program: string, args: string[], more: Record<string, string> = {}): Promise<void> {
    const byUs = await ours(["encrypt", ...args, "plain.yaml"], more);
    expect(byUs).toMatchObject({ code: 0, stderr: "" });
    write("ours.yaml", byUs.stdout);
    const opened = await sops(program, ["decrypt", "--output-type", "json", "ours.yaml"], more);
    expect(opened.stderr).toBe("");
    expect(JSON.parse(new TextDecoder().decode(opened.stdout))).toEqual({ a: "one", b: [2, "three"] });
    const byThem = await sops(program, ["encrypt", ...args, "plain.yaml"], more);
    expect(byThem.code).toBe(0);
    write("theirs.yaml", byThem.stdout);
    const openedByUs = await ours(["decrypt", "--output-type", "json", "theirs.yaml"], more);
    expect(openedByUs.stderr).toBe("");
    expect(JSON.parse(openedByUs.stdout.toString())).toEqual({ a: "one", b: [2, "three"] });
  }

  test.each(JUDGES)("%s: a key, a mount path with slashes, several keys", async (_, program) => {
    await bothWays(program, ["--hc-vault-transit", uri()]);
    await bothWays(program, ["--hc-vault-transit", uri("team/a/transit")]);
    await bothWays(program, ["--hc-vault-transit", `${uri()},${uri("team/a/transit")}`]);
    const theirs = readFileSync(join(dir, "theirs.yaml"), "utf8");
    const mine = readFileSync(join(dir, "ours.yaml"), "utf8");
    // 3.12 writes them in another order.
    const fields = (text: string): string[] =>
      text.match(/(?:vault_address|engine_path|key_name): .*/g) ?? [];
    expect(fields(mine).sort()).toEqual(fields(theirs).sort());
    expect(fields(mine)).toHaveLength(6);
  });

  test.each(JUDGES)("%s: a key of RSA, and one of ChaCha20", async (_, program) => {
    for (const type of ["rsa-2048", "chacha20-poly1305"]) {
      await bao.call("POST", `transit/keys/${type}`, { type });
      await bothWays(program, ["--hc-vault-transit", uri("transit", type)]);
    }
  });

  test.each(JUDGES)("%s: a namespace", async (name, program) => {
    const namespace = name.replaceAll(" ", "-");
    await bao.call("POST", `sys/namespaces/${namespace}`);
    await bao.call("POST", `${namespace}/sys/mounts/transit`, { type: "transit" });
    await bao.call("POST", `${namespace}/transit/keys/inner`);
    await bothWays(program, ["--hc-vault-transit", uri("transit", "inner")], { VAULT_NAMESPACE: namespace });
    const outside = await ours(["decrypt", "theirs.yaml"]);
    expect(outside.code).toBe(128);
    expect(outside.stderr).toContain("the key does not exist");
  });

  test.each(JUDGES)(
    "%s: a key that was rotated still opens older files, and seals by its new version",
    async (_, program) => {
      await bothWays(program, ["--hc-vault-transit", uri()]);
      await bao.call("POST", "transit/keys/k/rotate");
      for (const file of ["ours.yaml", "theirs.yaml"]) {
        expect((await ours(["decrypt", file])).stdout.toString()).toContain("a: one");
        expect((await sops(program, ["decrypt", file])).code).toBe(0);
      }
      const { latest_version: latest } = (
        (await bao.call("GET", "transit/keys/k")) as { data: { latest_version: number } }
      ).data;
      const sealed = (await ours(["encrypt", "--hc-vault-transit", uri(), "plain.yaml"])).stdout.toString();
      expect(sealed).toContain(`enc: vault:v${String(latest)}:`);
      write("rotated.yaml", readFileSync(join(dir, "theirs.yaml")));
      expect(await ours(["rotate", "-i", "rotated.yaml"])).toMatchObject({ code: 0 });
      expect(readFileSync(join(dir, "rotated.yaml"), "utf8")).toContain(`enc: vault:v${String(latest)}:`);
      expect((await sops(program, ["decrypt", "rotated.yaml"])).code).toBe(0);
    },
  );

  test.each(JUDGES)("%s: groups of Vault and age, of which two are needed", async (_, program) => {
    const groups = [
      `      - hc_vault: ["${uri()}"]`,
      `      - hc_vault: ["${uri("team/a/transit")}"]`,
      `      - age: ["${RECIPIENT}"]`,
    ];
    write(
      ".sops.yaml",
      ["creation_rules:", "  - shamir_threshold: 2", "    key_groups:", ...groups, ""].join("\n"),
    );
    try {
      await bothWays(program, [], { SOPS_AGE_KEY: IDENTITY });
      // Vault alone gives two of the three shares.
      await bothWays(program, []);
      const without = { VAULT_TOKEN: "s.wrong", SOPS_AGE_KEY: IDENTITY };
      const refused = await ours(["decrypt", "theirs.yaml"], without);
      expect(refused.code).toBe(128);
      expect(refused.stderr).toContain("VAULT_TOKEN is refused");
      expect((await sops(program, ["decrypt", "theirs.yaml"], without)).code).toBe(128);
    } finally {
      rmSync(join(dir, ".sops.yaml"));
    }
  });

  test("the token of ~/.vault-token, with the line feed of an editor", async () => {
    write(".vault-token", `  ${bao.token}\n\n`);
    try {
      const sealed = await enc(["encrypt", "--hc-vault-transit", uri(), "plain.yaml"], {
        cwd: dir,
        env: { HOME: dir },
      });
      expect(sealed).toMatchObject({ code: 0, stderr: "" });
    } finally {
      rmSync(join(dir, ".vault-token"));
    }
  });

  test("rotate adds a Vault key and removes one, by the URI", async () => {
    const sealed = await ours(["encrypt", "--age", RECIPIENT, "--hc-vault-transit", uri(), "plain.yaml"]);
    write("keys.yaml", sealed.stdout);
    const change = ["--add-hc-vault-transit", uri("team/a/transit"), "--rm-hc-vault-transit", uri()];
    expect(await ours(["rotate", "-i", ...change, "keys.yaml"])).toMatchObject({ code: 0 });
    const after = readFileSync(join(dir, "keys.yaml"), "utf8");
    expect(after.match(/engine_path: .*/g)).toEqual(["engine_path: team/a/transit"]);
  });
});
