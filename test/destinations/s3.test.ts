import { afterAll, beforeAll, expect, test } from "vitest";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith } from "../support/parts.ts";
import { destinationRules, publishWorld, type PublishWorld } from "../support/publish-world.ts";
import { type Moto, startMoto } from "../support/servers/moto.ts";
import { motoAdmin } from "../support/servers/moto-admin.ts";

const PLAIN = "# note\npassword: s3cr3t-canary\nport: 5432\n";
/** moto asks who wants an object, and takes any answer. */
const AS_OWNER = {
  headers: {
    Authorization:
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
  },
};
const RULE = ["s3_bucket: vault-of-tests", "s3_prefix: apps/"];
/** Nobody has its identity here, so that only the recipient's own tests open what is sealed for it. */
const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";
const OTHER_IDENTITY = "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73";

describeWith(["moto_server", "sops"], "publish to S3", () => {
  let moto: Moto;
  let world: PublishWorld;

  beforeAll(async () => {
    moto = await startMoto();
    world = await publishWorld(moto.env);
    const made = await fetch(`${moto.url}/vault-of-tests`, { method: "PUT" });
    expect(made.status).toBe(200);
  });
  afterAll(async () => {
    await moto.stop();
    await world.close();
  });

  async function object(name: string): Promise<string | null> {
    const response = await fetch(`${moto.url}/vault-of-tests/${encodeURI(name)}`, AS_OWNER);
    return response.ok ? response.text() : null;
  }
  /** How often an object was put. moto keeps no versions, but the time of the last one. */
  const modified = async (name: string): Promise<string | null> =>
    (await fetch(`${moto.url}/vault-of-tests/${name}`, { ...AS_OWNER, method: "HEAD" })).headers.get(
      "last-modified",
    );

  test("the same object as sops, byte for byte, under the same name", async () => {
    await world.write(".sops.yaml", destinationRules(RULE));
    for (const name of ["plain.yaml", "sp ace+ü(1)&=%.json", "app.env", "blob"]) {
      const text = name.endsWith(".json") ? '{"a": 1}' : name === "app.env" ? "A=b\n" : PLAIN;
      const sealed = await world.seal(name, text);
      expect(await world.ours("publish", "--yes", name)).toMatchObject({ code: 0, stderr: "" });
      const ours = await object(`apps/${name}`);
      expect(ours, name).toBe(sealed);
      await fetch(`${moto.url}/vault-of-tests/apps/${encodeURI(name)}`, { ...AS_OWNER, method: "DELETE" });
      expect((await world.theirs("publish", "--yes", name)).code).toBe(0);
      expect(await object(`apps/${name}`), name).toBe(ours);
    }
  });

  test("what is there and the same is not sent again", async () => {
    await world.write(".sops.yaml", destinationRules(RULE));
    const sealed = await world.seal("same.yaml", PLAIN);
    await world.ours("publish", "--yes", "same.yaml");
    const before = await modified("apps/same.yaml");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await world.ours("publish", "--yes", "--verbose", "same.yaml");
    expect(again.stderr).toBe("enc: s3://vault-of-tests/apps/same.yaml is up to date\n");
    expect(await modified("apps/same.yaml")).toBe(before);
    await world.ours("set", "same.yaml", '["port"]', "1");
    await world.ours("publish", "--yes", "same.yaml");
    expect(await object("apps/same.yaml")).not.toBe(sealed);
    expect(await object("apps/same.yaml")).toBe(await world.read("same.yaml"));
  });

  test("a copy of several megabytes is compared and replaced as well", async () => {
    await world.write(".sops.yaml", destinationRules(RULE));
    await world.seal("big.bin", "0123456789abcdef".repeat(300_000));
    expect(await world.ours("publish", "--yes", "big.bin")).toMatchObject({ code: 0, stderr: "" });
    const again = await world.ours("publish", "--yes", "--verbose", "big.bin");
    expect(again).toMatchObject({
      code: 0,
      stderr: "enc: s3://vault-of-tests/apps/big.bin is up to date\n",
    });
    await world.ours("rotate", "-i", "big.bin");
    expect(await world.ours("publish", "--yes", "big.bin")).toMatchObject({ code: 0, stderr: "" });
    expect(await object("apps/big.bin")).toBe(await world.read("big.bin"));
  });

  test("a recreation rule seals anew: its keys, its selector, another data key; MAC checked", async () => {
    const recreation = [
      "recreation_rule:",
      `  age: ${RECIPIENT},${OTHER}`,
      "  encrypted_regex: ^password$",
      "  mac_only_encrypted: true",
    ];
    await world.write(".sops.yaml", destinationRules([...RULE, ...recreation]));
    await world.seal("again.yaml", PLAIN);
    expect(await world.ours("publish", "--yes", "again.yaml")).toMatchObject({ code: 0, stderr: "" });
    const copy = (await object("apps/again.yaml")) ?? "";
    expect(copy).toMatch(/^# note\npassword: ENC\[.*\]\nport: 5432\n/);
    expect(copy).toContain("encrypted_regex: ^password$");
    expect(copy).toContain("mac_only_encrypted: true");
    await world.write("copy.yaml", copy);
    world.env["SOPS_AGE_KEY"] = OTHER_IDENTITY;
    expect((await world.theirs("decrypt", "copy.yaml")).stdout.toString()).toBe(PLAIN);
    expect((await world.ours("decrypt", "copy.yaml")).stdout.toString()).toBe(PLAIN);
    world.env["SOPS_AGE_KEY"] = IDENTITY;
    const again = await world.ours("publish", "--yes", "--verbose", "again.yaml");
    expect(again.stderr).toContain("up to date");
    expect(await object("apps/again.yaml")).toBe(copy);
    const broken = (await world.read("again.yaml")).replace(/lastmodified: "\d{4}/, 'lastmodified: "1999');
    await world.write("again.yaml", broken);
    expect((await world.ours("publish", "--yes", "again.yaml")).code).toBe(51);
    expect((await world.theirs("publish", "--yes", "again.yaml")).code).toBe(51);
    expect(await object("apps/again.yaml")).toBe(copy);
  });

  test("sealed for others only: sent each time, and opened by them", async () => {
    await world.write(".sops.yaml", destinationRules([...RULE, "recreation_rule:", `  age: ${OTHER}`]));
    await world.seal("theirs.yaml", PLAIN);
    await world.ours("publish", "--yes", "theirs.yaml");
    const first = await object("apps/theirs.yaml");
    await world.ours("publish", "--yes", "theirs.yaml");
    const second = await object("apps/theirs.yaml");
    expect(second).not.toBe(first);
    await world.write("t.yaml", second ?? "");
    world.env["SOPS_AGE_KEY"] = OTHER_IDENTITY;
    expect((await world.ours("decrypt", "t.yaml")).stdout.toString()).toBe(PLAIN);
    world.env["SOPS_AGE_KEY"] = IDENTITY;
  });

  test("a folder: sealed files by their path, others skipped, extensions left out", async () => {
    await world.write("tree/.sops.yaml", destinationRules([...RULE, "omit_extensions: true"]));
    const a = await world.seal("tree/a.enc.yaml", PLAIN);
    const env = await world.seal("tree/deep/.env", "A=b\n");
    await world.write("tree/readme.txt", "hello\n");
    await world.write("tree/bad.yaml", "a: [\n");
    await world.write("tree/.git/x.yaml", a);
    const result = await world.ours("publish", "-y", "--recursive", "tree");
    expect(result.stderr).toBe("enc: tree/bad.yaml, tree/readme.txt are skipped: they are not encrypted\n");
    expect(result.code).toBe(0);
    expect(await object("apps/a.enc")).toBe(a);
    expect(await object("apps/deep/.env")).toBe(env);
    expect(await object("apps/.git/x")).toBeNull();
  });

  test("nothing is sent where one of many files cannot be", async () => {
    await world.write(
      "whole/.sops.yaml",
      destinationRules(["path_regex: good", ...RULE, "recreation_rule:", `  age: ${OTHER}`]),
    );
    await world.seal("whole/a-good.yaml", PLAIN);
    const text = await world.seal("whole/b-good.yaml", PLAIN);
    await world.write("whole/b-good.yaml", text.replace("port: ENC", "sort: ENC"));
    const result = await world.ours("publish", "-y", "--recursive", "whole");
    expect(result.code).toBe(25);
    expect(await object("apps/a-good.yaml")).toBeNull();
    await world.seal("whole/b-good.yaml", PLAIN);
    await world.seal("whole/c.yaml", PLAIN);
    const unmatched = await world.ours("publish", "-y", "--recursive", "whole");
    expect(unmatched.stderr).toContain("no destination rule matches whole/c.yaml");
    expect(await object("apps/a-good.yaml")).toBeNull();
  });

  test("two files that would be one object", async () => {
    await world.write("twins/.sops.yaml", destinationRules(RULE));
    await world.seal("twins/x.yaml", PLAIN);
    await world.seal("twins/x.json", '{"a": 1}');
    const result = await world.ours("publish", "-y", "--recursive", "--omit-extensions", "twins");
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain("twins/x.json and twins/x.yaml would both be s3://vault-of-tests/apps/x");
    expect(await object("apps/x")).toBeNull();
  });

  test("what S3 refuses, and what to do", async () => {
    await world.write("no/.sops.yaml", destinationRules(["s3_bucket: no-such-bucket"]));
    await world.seal("no/a.yaml", PLAIN);
    const missing = await world.ours("publish", "-y", "no/a.yaml");
    expect(missing.stderr).toContain(
      "no/a.yaml: S3: cannot write s3://no-such-bucket/a.yaml: there is no such place (NoSuchBucket",
    );
    expect(missing.code).toBe(1);
    expect((await world.theirs("--config", "no/.sops.yaml", "publish", "-y", "no/a.yaml")).code).toBe(1);
    await world.write("no/.sops.yaml", destinationRules(["s3_bucket: ../../x"]));
    expect((await world.ours("publish", "-y", "no/a.yaml")).stderr).toContain(
      "s3_bucket is not the name of a bucket",
    );
    await world.write("no/.sops.yaml", destinationRules([...RULE.slice(0, 1), "s3_prefix: ../other/"]));
    expect((await world.ours("publish", "-y", "no/a.yaml")).stderr).toContain("cannot have a part of dots");
    const noLogin = { ...world.env, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const { enc } = await import("../support/cli.ts");
    await world.write("no/.sops.yaml", destinationRules(RULE));
    const loggedOut = await enc(["publish", "-y", "no/a.yaml"], { cwd: world.dir, env: noLogin });
    expect(loggedOut.stderr).toContain("no AWS credentials were found");
    const gone = { ...world.env, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
    const unreached = await enc(["publish", "-y", "no/a.yaml"], { cwd: world.dir, env: gone });
    expect(unreached.stderr).toContain("S3 (127.0.0.1:9) was not reached: nothing listens there");
  });

  test("a login that may not write, or that has a wrong key", async () => {
    const strict = await startMoto();
    try {
      await fetch(`${strict.url}/vault-of-tests`, { method: "PUT" });
      const weak = await motoAdmin(strict).createUser("weak", ["kms:Decrypt"]);
      await motoAdmin(strict).enforceIam();
      const { enc } = await import("../support/cli.ts");
      await world.write("weak/.sops.yaml", destinationRules(RULE));
      await world.seal("weak/a.yaml", PLAIN);
      const env = { ...world.env, ...strict.env, ...weak };
      const denied = await enc(["publish", "-y", "weak/a.yaml"], { cwd: world.dir, env });
      expect(denied.stderr).toContain("access denied (AccessDenied, HTTP 403)");
      expect(denied.stderr).toContain("s3:PutObject on arn:aws:s3:::vault-of-tests/apps/*");
      const forged = await enc(["publish", "-y", "weak/a.yaml"], {
        cwd: world.dir,
        env: { ...env, AWS_SECRET_ACCESS_KEY: "wrong" },
      });
      expect(forged.stderr).toContain("the login is refused (SignatureDoesNotMatch, HTTP 403)");
    } finally {
      await strict.stop();
    }
  });
});
