import { afterAll, beforeAll, expect, it } from "vitest";
import { type GpgHome, makeGpgHome, makeKey } from "../support/gpg-home.ts";
import { describeWith } from "../support/parts.ts";
import { destinationRules, publishWorld, type PublishWorld } from "../support/publish-world.ts";
import { type Bao, startBao } from "../support/servers/bao.ts";
import { type Moto, MOTO_CREDENTIALS, startMoto } from "../support/servers/moto.ts";
import { motoAdmin } from "../support/servers/moto-admin.ts";

/*
 * The tests of sops' own program that need a server, of which sops leaves those of AWS out by default. Where it looks at
 * the exit code alone, what has arrived is looked at here.
 */

const PLAIN = '{\n    "foo": 2,\n    "bar": "baz"\n}';
const SEALED = /^ENC\[AES256_GCM,/;
/** moto asks who wants an object, and checks no signature. */
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=${MOTO_CREDENTIALS.AWS_ACCESS_KEY_ID}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;

const record = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describeWith(
  ["gpg", "moto_server", "bao", "sops"],
  "sops' own tests of its program (6.1), with servers",
  () => {
    let home: GpgHome;
    let moto: Moto;
    let bao: Bao;
    let world: PublishWorld;
    let arn = "";

    beforeAll(async () => {
      home = makeGpgHome();
      const [mine] = makeKey(home, "mine");
      [moto, bao] = await Promise.all([startMoto(), startBao()]);
      const put = { method: "PUT", headers: { Authorization: AUTHORIZATION } };
      expect((await fetch(`${moto.url}/sops-publish-functional-tests`, put)).status).toBe(200);
      await bao.call("POST", "sys/mounts/secret-v1", { type: "kv", options: { version: "1" } });
      arn = await motoAdmin(moto).createKey();
      world = await publishWorld({
        ...moto.env,
        VAULT_TOKEN: bao.token,
        VAULT_ADDR: bao.url,
        GNUPGHOME: home.path,
      });
      const vault = `vault_address: ${bao.url}`;
      const rules = destinationRules(
        ["path_regex: s3", "s3_bucket: sops-publish-functional-tests", "s3_prefix: functional-test/"],
        ["path_regex: vault\\.", vault, "vault_path: functional-test/"],
        [
          "path_regex: vault_version_1",
          vault,
          "vault_path: functional-test/",
          "vault_kv_mount_name: secret-v1/",
          "vault_kv_version: 1",
        ],
      );
      await world.write(".sops.yaml", `creation_rules:\n  - pgp: ${mine}\n${rules}`);
    });
    afterAll(async () => {
      home.stop();
      await Promise.all([moto.stop(), bao.stop(), world.close()]);
    });

    async function good(...argv: string[]): Promise<string> {
      const { code, stdout, stderr } = await world.ours(...argv);
      expect(code, stderr).toBe(0);
      return stdout.toString();
    }
    const sealedBySops = async (name: string): Promise<string> => {
      await world.write(name, PLAIN);
      const { code, stderr } = await world.theirs("encrypt", "-i", name);
      expect(code, stderr).toBe(0);
      return world.read(name);
    };

    async function encrypted(name: string): Promise<string> {
      await world.write(name, PLAIN);
      await good("encrypt", "-i", name);
      return world.read(name);
    }

    it.each(["by enc", "by sops"])("publish_json_file_s3, sealed %s", async (by) => {
      const make = by === "by enc" ? encrypted : sealedBySops;
      const name = `test_encrypt_publish_s3_${by.replace(" ", "_")}.json`;
      const sealed = await make(name);
      expect(sealed).not.toContain("baz");
      await good("publish", "--yes", name);
      const address = `${moto.url}/sops-publish-functional-tests/functional-test/${name}`;
      const response = await fetch(address, { headers: { Authorization: AUTHORIZATION } });
      expect([response.status, await response.text()]).toEqual([200, sealed]);
    });

    it.each([
      ["publish_json_file_vault", "vault.json", "secret/data/functional-test/vault.json"],
      [
        "publish_json_file_vault_version_1",
        "vault_version_1.json",
        "secret-v1/functional-test/vault_version_1.json",
      ],
    ])("%s", async (_, name, path) => {
      await encrypted(name);
      await good("publish", "--yes", name);
      const { data } = (await bao.call("GET", path)) as { data: { data?: unknown } };
      expect(data.data ?? data).toEqual({ foo: 2, bar: "baz" });
    });

    it("encrypt_json_file_kms", async () => {
      await world.write("kms.json", PLAIN);
      const sealed = record(await good("encrypt", "--kms", arn, "kms.json"));
      expect([sealed["foo"], sealed["bar"]]).toEqual([
        expect.stringMatching(SEALED),
        expect.stringMatching(SEALED),
      ]);
      expect(sealed["sops"]).toMatchObject({ kms: [{ arn, enc: expect.any(String) as unknown }] });
    });

    it("roundtrip_kms_encryption_context", async () => {
      await world.write("context.json", PLAIN);
      const flags = ["--kms", arn, "--encryption-context", "stage:prod,one:two"];
      const sealed = await good("encrypt", ...flags, "context.json");
      expect(record(sealed)["sops"]).toMatchObject({ kms: [{ context: { stage: "prod", one: "two" } }] });
      await world.write("context.json", sealed);
      expect(record(await good("decrypt", "context.json"))).toEqual({ foo: 2, bar: "baz" });
      const theirs = await world.theirs("decrypt", "context.json");
      expect([theirs.code, record(Buffer.from(theirs.stdout).toString())]).toEqual([
        0,
        { foo: 2, bar: "baz" },
      ]);
      // The context is bound: KMS opens nothing under another one.
      await world.write("context.json", sealed.replace('"prod"', '"dev"'));
      expect(await world.ours("decrypt", "context.json")).toMatchObject({ code: 128 });
    });
  },
);
