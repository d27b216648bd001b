import { afterAll, beforeAll, expect, test } from "vitest";
import { enc } from "../support/cli.ts";
import { describeWith } from "../support/parts.ts";
import { destinationRules, publishWorld, type PublishWorld } from "../support/publish-world.ts";
import { type Bao, startBao } from "../support/servers/bao.ts";

const PLAIN = `# a comment
password: s3cr3t-canary
port: 5432
ratio: 1.5
exact: 1.0
on: true
nothing: null
day: 2026-01-02
nested:
    # inside
    a: {b: [1, two, 3.5]}
long: 9007199254740993
`;

describeWith(["bao", "sops"], "publish to Vault", () => {
  let bao: Bao;
  let world: PublishWorld;

  beforeAll(async () => {
    bao = await startBao();
    await bao.call("POST", "sys/mounts/kv1", { type: "kv", options: { version: "1" } });
    await bao.call("POST", "sys/mounts/team/kv2", { type: "kv", options: { version: "2" } });
    world = await publishWorld({ VAULT_TOKEN: bao.token, VAULT_ADDR: bao.url });
  });
  afterAll(async () => {
    await bao.stop();
    await world.close();
  });

  /** The text of an answer, since JSON.parse would round its numbers. */
  async function secret(path: string): Promise<string | null> {
    const response = await fetch(`${bao.url}/v1/${path}`, { headers: { "X-Vault-Token": bao.token } });
    return response.ok ? response.text() : null;
  }
  const dataOf = (text: string | null, version: number): unknown => {
    const { data } = JSON.parse(text ?? "null") as { data: { data: unknown } };
    return version === 2 ? data.data : data;
  };
  const rule = (...more: string[]): string => destinationRules([`vault_address: ${bao.url}`, ...more]);

  test.each([
    [2, "the default mount", [], "secret/data/apps"],
    [2, "a mount of its own", ["vault_kv_mount_name: team/kv2/"], "team/kv2/data/apps"],
    [1, "version 1", ["vault_kv_mount_name: kv1", "vault_kv_version: 1"], "kv1/apps"],
  ])("KV version %i, %s: the same data as sops at the same path", async (version, _, more, path) => {
    await world.write(".sops.yaml", rule("vault_path: apps", ...more));
    await world.seal("a b.yaml", PLAIN);
    expect(await world.ours("publish", "--yes", "a b.yaml")).toMatchObject({ code: 0, stderr: "" });
    const ours = await secret(`${path}/a%20b.yaml`);
    // An engine with versions keeps numbers as doubles; one without keeps them as they were sent.
    expect(ours).toContain(`"long":${version === 1 ? "9007199254740993" : "9007199254740992"}`);
    expect((await world.theirs("publish", "--yes", "a b.yaml")).code).toBe(0);
    const theirs = await secret(`${path}/a%20b.yaml`);
    expect(dataOf(ours, version)).toEqual(dataOf(theirs, version));
    expect(dataOf(ours, version)).toMatchObject({
      password: "s3cr3t-canary",
      nested: { a: { b: [1, "two", 3.5] } },
    });
  });

  test("documents are merged; what stands in a list is JSON, where sops writes its own inner form", async () => {
    await world.write(".sops.yaml", rule("vault_path: apps/"));
    await world.seal("m.yaml", "a: 1\nb: 1\n---\nb: 2\nlist:\n    # note\n    - x: 1\n    - y\n");
    await world.ours("publish", "--yes", "m.yaml");
    expect(dataOf(await secret("secret/data/apps/m.yaml"), 2)).toEqual({ a: 1, b: 2, list: [{ x: 1 }, "y"] });
    expect((await world.theirs("publish", "--yes", "m.yaml")).code).toBe(0);
    expect(dataOf(await secret("secret/data/apps/m.yaml"), 2)).toMatchObject({
      a: 1,
      b: 2,
      list: expect.arrayContaining([[{ Key: "x", Value: 1 }]]) as unknown,
    });
  });

  test.each([
    ["app.env", "A=b\nC=1\n", { A: "b", C: "1" }],
    ["app.ini", "[s]\na = 1\n", { DEFAULT: {}, s: { a: "1" } }],
    ["blob", "just text\n", { data: "just text\n" }],
    ["app.json", '{"__proto__": {"x": 1}, "1": 2}', JSON.parse('{"__proto__": {"x": 1}, "1": 2}')],
  ])("%s", async (name, text, data) => {
    await world.write(".sops.yaml", rule("vault_path: apps/"));
    await world.seal(name, text);
    expect(await world.ours("publish", "--yes", name)).toMatchObject({ code: 0, stderr: "" });
    expect(dataOf(await secret(`secret/data/apps/${name}`), 2)).toEqual(data);
    await world.theirs("publish", "--yes", name);
    expect(dataOf(await secret(`secret/data/apps/${name}`), 2)).toMatchObject(data as object);
  });

  test.each([
    [2, "secret", ""],
    [1, "kv1", "vault_kv_version: 1"],
  ])("KV version %i: an equal secret is not written again", async (version, mount, more) => {
    await world.write(
      ".sops.yaml",
      rule("vault_path: same", `vault_kv_mount_name: ${mount}`, ...(more === "" ? [] : [more])),
    );
    await world.seal("s.yaml", "a: 1\nb: {c: [1.0, x]}\n");
    const publish = (): Promise<{ stderr: string }> => world.ours("publish", "-y", "--verbose", "s.yaml");
    expect((await publish()).stderr).toContain("uploaded s.yaml");
    expect((await publish()).stderr).toContain("/s.yaml is up to date");
    await world.ours("set", "s.yaml", '["a"]', "2");
    expect((await publish()).stderr).toContain("uploaded s.yaml");
    if (version === 1) return;
    const { data } = (await bao.call("GET", "secret/metadata/same/s.yaml")) as {
      data: { current_version: number };
    };
    expect(data.current_version).toBe(2);
  });

  test("the token goes nowhere but where the user wants it", async () => {
    await world.write(".sops.yaml", rule("vault_path: apps/"));
    await world.seal("t.yaml", "a: canary\n");
    const run = (
      env: Readonly<Record<string, string>>,
      stdin = "",
    ): Promise<{ code: number; stderr: string }> =>
      enc(["publish", ...(stdin === "" ? ["-y"] : []), "t.yaml"], {
        cwd: world.dir,
        env: { ...world.env, ...env },
        stdin: Buffer.from(stdin),
      });
    const own = await run({ VAULT_ADDR: "https://vault.example.com" });
    expect(own.stderr).toContain(
      "your Vault token is for https://vault.example.com (VAULT_ADDR), but the destination is on",
    );
    const listed = await run({ SOPS_HC_VAULT_ALLOWLIST: "https://vault.example.com" });
    expect(listed.stderr).toContain("SOPS_HC_VAULT_ALLOWLIST does not allow");
    expect(await secret("secret/data/apps/t.yaml")).toBeNull();
    expect(
      (await run({ VAULT_ADDR: "https://vault.example.com", SOPS_HC_VAULT_ALLOWLIST: bao.url })).code,
    ).toBe(0);
    expect((await run({ VAULT_ADDR: `${bao.url}/` })).code).toBe(0);
    await world.write(".sops.yaml", destinationRules(["vault_path: by-variable/"]));
    expect((await run({ VAULT_ADDR: bao.url })).code).toBe(0);
    expect(await secret("secret/data/by-variable/t.yaml")).not.toBeNull();
    for (const path of ["../../sys/policies", "a/./b"]) {
      await world.write(".sops.yaml", rule(`vault_path: ${path}`));
      expect((await run({})).stderr).toContain("cannot have a part of dots");
    }
    await world.write(".sops.yaml", destinationRules(["vault_path: a", "vault_address: file:///etc"]));
    expect((await run({})).stderr).toContain("is no http or https address");
  });

  test("what Vault refuses, and what to do; nothing of the data is said", async () => {
    const run = async (env: Readonly<Record<string, string>>, ...lines: string[]): Promise<string> => {
      await world.write(".sops.yaml", rule(...lines));
      const result = await enc(["publish", "-y", "r.yaml"], {
        cwd: world.dir,
        env: { ...world.env, ...env },
      });
      expect(result.code).toBe(1);
      expect(result.stderr).not.toContain("canary");
      expect(result.stderr).not.toContain(bao.token);
      return result.stderr;
    };
    await world.write(".sops.yaml", rule("vault_path: a"));
    await world.seal("r.yaml", "a: canary\n");
    expect(await run({ VAULT_TOKEN: "s.wrong" }, "vault_path: a")).toContain("access denied");
    expect(await run({ VAULT_TOKEN: "" }, "vault_path: a")).toMatch(/no token in VAULT_TOKEN|access denied/);
    expect(await run({}, "vault_path: a", "vault_kv_mount_name: none")).toContain("there is no such place");
    const wrongVersion = await run({}, "vault_path: a", "vault_kv_version: 1");
    expect(wrongVersion).toContain("write vault_kv_version: 2");
    await bao.call("PUT", "sys/policies/acl/writer", {
      policy: 'path "secret/data/w/*" { capabilities = ["create", "update"] }',
    });
    const { auth } = (await bao.call("POST", "auth/token/create", { policies: ["writer"] })) as {
      auth: { client_token: string };
    };
    await world.write(".sops.yaml", rule("vault_path: w/"));
    const env = { ...world.env, VAULT_TOKEN: auth.client_token };
    const written = await enc(["publish", "-y", "r.yaml"], { cwd: world.dir, env });
    expect(written).toMatchObject({ code: 0, stderr: "" });
    expect(await secret("secret/data/w/r.yaml")).toContain("canary");
  });

  test("a secret that JSON or the MAC cannot vouch for is not sent", async () => {
    await world.write(".sops.yaml", rule("vault_path: bad/"));
    const text = await world.seal("n.yaml", "a: 1\nb: 2\n");
    await world.write("n.yaml", text.replace(/^b: .*\n/m, ""));
    expect((await world.ours("publish", "-y", "n.yaml")).code).toBe(51);
    expect((await world.theirs("publish", "-y", "n.yaml")).code).toBe(51);
    await world.seal("i.yaml", "a: .inf\n");
    expect((await world.ours("publish", "-y", "i.yaml")).stderr).toContain("i.yaml");
    expect((await world.ours("publish", "-y", "i.yaml")).code).not.toBe(0);
    expect(await secret("secret/data/bad/n.yaml")).toBeNull();
    expect(await secret("secret/data/bad/i.yaml")).toBeNull();
  });
});
