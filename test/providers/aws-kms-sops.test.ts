import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enc } from "../support/cli.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { type Moto, startMoto } from "../support/servers/moto.ts";
import { ACCOUNT, motoAdmin } from "../support/servers/moto-admin.ts";

const PLAIN = "password: s3cr3t\nport: 5432\n";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/sops`;

describeWith(["moto_server", "sops"], "AWS KMS beside real sops", () => {
  let moto: Moto;
  let dir: string;
  let env: Record<string, string>;
  let arn: string;

  beforeAll(async () => {
    moto = await startMoto();
    dir = await mkdtemp(join(tmpdir(), "enc-aws-"));
    env = { ...moto.env, HOME: dir, PATH: process.env["PATH"] ?? "", SOPS_DISABLE_VERSION_CHECK: "1" };
    arn = await motoAdmin(moto).createKey("us-east-1", "alias/app");
  });
  afterAll(async () => {
    await moto.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const sops = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(requirePart("sops"), args, { cwd: dir, env })).stdout;

  const ours = async (...args: string[]): Promise<string> => {
    const result = await enc(args, { cwd: dir, env });
    expect(result.stderr).toBe("");
    expect(result.code).toBe(0);
    return result.stdout.toString();
  };

  test.each<[string, (arn: string) => string[]]>([
    ["a key", (key) => ["--kms", key]],
    ["a context", (key) => ["--kms", key, "--encryption-context", "tenant:a,stage:test"]],
    ["an alias", (key) => ["--kms", key.replace(/key\/.*/, "alias/app")]],
    ["a role", (key) => ["--kms", `${key}+${ROLE}`]],
  ])("%s: each opens what the other seals", async (_name, flags) => {
    const args = flags(arn);
    await writeFile(join(dir, "plain.yaml"), PLAIN);
    // One that is there has other keys, which is said.
    await rm(join(dir, "ours.yaml"), { force: true });
    await ours("encrypt", ...args, "--output", "ours.yaml", "plain.yaml");
    expect(await sops("decrypt", "ours.yaml")).toBe(PLAIN);
    await sops("encrypt", ...args, "--output", "theirs.yaml", "plain.yaml");
    expect(await ours("decrypt", "theirs.yaml")).toBe(PLAIN);
    expect(await fieldsOf("ours.yaml")).toEqual(await fieldsOf("theirs.yaml"));
  });

  test("a file whose first key is gone opens by the second", async () => {
    const other = await motoAdmin(moto).createKey("eu-west-1");
    await ours("encrypt", "--kms", `${other},${arn}`, "--output", "two.yaml", "plain.yaml");
    const lost = other.replace(/key\/.*/, "key/00000000-0000-0000-0000-000000000000");
    const text = await readFile(join(dir, "two.yaml"), "utf8");
    await writeFile(join(dir, "two.yaml"), text.replace(other, lost));
    expect(await ours("decrypt", "two.yaml")).toBe(PLAIN);
    expect(await sops("decrypt", "two.yaml")).toBe(PLAIN);
  });

  /** The names of the metadata fields of the first KMS key, with the values that are not new each time. */
  async function fieldsOf(file: string): Promise<string> {
    const text = await readFile(join(dir, file), "utf8");
    const block = /^ {4}kms:\n(.*?)\n {4}\w/ms.exec(text)?.[1] ?? "";
    return block.replace(/(created_at|enc): .*/g, "$1").replace(/["']/g, "");
  }

  test("another encryption context does not open the file", async () => {
    await writeFile(join(dir, "plain.yaml"), PLAIN);
    await ours(
      "encrypt",
      "--kms",
      arn,
      "--encryption-context",
      "tenant:a",
      "--output",
      "c.yaml",
      "plain.yaml",
    );
    const text = await readFile(join(dir, "c.yaml"), "utf8");
    await writeFile(join(dir, "c.yaml"), text.replace("tenant: a", "tenant: b"));
    const result = await enc(["decrypt", "c.yaml"], { cwd: dir, env });
    expect(result.code).toBe(128);
    expect(result.stderr).toContain("does not belong to this key or to its encryption context");
  });

  test("the context of a flag reaches the keys of a config", async () => {
    await writeFile(join(dir, ".sops.yaml"), `creation_rules:\n  - kms: ${arn}\n`);
    await writeFile(join(dir, "f.yaml"), PLAIN);
    await ours("encrypt", "--encryption-context", "tenant:a", "-i", "f.yaml");
    expect(await fieldsOf("f.yaml")).toContain("tenant: a");
    expect(await sops("decrypt", "f.yaml")).toBe(PLAIN);
    await rm(join(dir, ".sops.yaml"));
  });

  test("a key group of KMS keys with all its fields, threshold 2 with an age key", async () => {
    const identity = "AGE-SECRET-KEY-1FKMTX0DT78QAD564YNKGDH08LAM8SAYX6MDAJ5KYLLR23A3820ASQ4DTJM";
    const recipient = "age19kxncjf4dvfnthvykmcvfgd7dllrnvaxqz5kytwr0luvt3dffyhq8hsmcr";
    const config = `creation_rules:
  - shamir_threshold: 2
    key_groups:
      - kms:
          - arn: ${arn}
            role: ${ROLE}
            context: {tenant: "a:b"}
      - age: [${recipient}]
`;
    await writeFile(join(dir, ".sops.yaml"), config);
    env = { ...env, SOPS_AGE_KEY: identity };
    await writeFile(join(dir, "g.yaml"), PLAIN);
    await ours("encrypt", "-i", "g.yaml");
    expect(await sops("decrypt", "g.yaml")).toBe(PLAIN);
    await writeFile(join(dir, "g.yaml"), PLAIN);
    await sops("encrypt", "-i", "g.yaml");
    expect(await ours("decrypt", "g.yaml")).toBe(PLAIN);
    await rm(join(dir, ".sops.yaml"));
  });

  test("rotate adds and removes a key by its context", async () => {
    const second = await motoAdmin(moto).createKey();
    await writeFile(join(dir, "r.yaml"), PLAIN);
    await ours("encrypt", "--kms", arn, "--encryption-context", "tenant:a", "-i", "r.yaml");
    await ours("rotate", "--quiet", "-i", "--add-kms", second, "--rm-kms", `${arn}|tenant:a`, "r.yaml");
    const text = await readFile(join(dir, "r.yaml"), "utf8");
    expect([text.includes(arn), text.includes(second)]).toEqual([false, true]);
    expect(await sops("decrypt", "r.yaml")).toBe(PLAIN);
  });

  test("a profile gives the credentials, and the environment none", async () => {
    await writeFile(join(dir, "aws-config"), "[profile work]\nregion = eu-west-1\n");
    const login = `aws_access_key_id = ${env["AWS_ACCESS_KEY_ID"] ?? ""}\naws_secret_access_key = x\n`;
    await writeFile(join(dir, "aws-credentials"), `[work]\n${login}`);
    const profiles = {
      ...env,
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_CONFIG_FILE: join(dir, "aws-config"),
      AWS_SHARED_CREDENTIALS_FILE: join(dir, "aws-credentials"),
    };
    await writeFile(join(dir, "p.yaml"), PLAIN);
    const run = (args: string[], more = {}) => enc(args, { cwd: dir, env: { ...profiles, ...more } });
    expect((await run(["encrypt", "--kms", arn, "--aws-profile", "work", "-i", "p.yaml"])).stderr).toBe("");
    expect(await readFile(join(dir, "p.yaml"), "utf8")).toContain("aws_profile: work");
    expect((await run(["decrypt", "p.yaml"])).stdout.toString()).toBe(PLAIN);
    await writeFile(join(dir, "p.yaml"), PLAIN);
    expect((await run(["encrypt", "--kms", arn, "-i", "p.yaml"], { AWS_PROFILE: "work" })).code).toBe(0);
  });

  test("the session of a role is named after this machine", async () => {
    const calls: string[] = [];
    const { nodeHost } = await import("../../src/node/host.ts");
    const { provider: awsKmsProvider } = await import("../../src/providers/aws-kms/index.ts");
    const host = nodeHost({ env });
    const watched = {
      ...host,
      request: (request: Parameters<NonNullable<typeof host.request>>[0]) => {
        calls.push(typeof request.body === "string" ? request.body : "");
        return host.request?.(request) ?? Promise.reject(new Error("no HTTP"));
      },
    };
    const ref = { type: "kms", fields: { arn, role: ROLE } } as const;
    await Promise.all([1, 2].map(() => awsKmsProvider.wrap(ref, new Uint8Array(32), watched)));
    const assumed = calls.filter((body) => body.includes("AssumeRole"));
    expect(assumed).toHaveLength(1);
    const name = new URLSearchParams(assumed[0]).get("RoleSessionName");
    expect(name).toBe(`sops@${hostname().replaceAll("-", "")}`.slice(0, 64));
  });
});
