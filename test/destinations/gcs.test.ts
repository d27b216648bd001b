import { afterAll, beforeAll, expect, test } from "vitest";
import { enc } from "../support/cli.ts";
import { RECIPIENT } from "../support/context.ts";
import { describeWith } from "../support/parts.ts";
import { destinationRules, publishWorld, type PublishWorld } from "../support/publish-world.ts";
import { type FakeGcs, startGcs } from "../support/servers/gcs.ts";

const PLAIN = "password: s3cr3t-canary\n";
const RULE = ["gcs_bucket: vault-of-tests", "gcs_prefix: apps/"];

describeWith(["fake-gcs-server", "sops"], "publish to Google Cloud Storage", () => {
  let gcs: FakeGcs;
  let world: PublishWorld;

  beforeAll(async () => {
    gcs = await startGcs();
    world = await publishWorld(gcs.env);
    await gcs.createBucket("vault-of-tests");
    await gcs.createBucket("vault-of-sops");
  });
  afterAll(async () => {
    await gcs.stop();
    await world.close();
  });

  const object = async (name: string, bucket = "vault-of-tests"): Promise<string | undefined> =>
    (await gcs.object(bucket, name))?.toString();

  test("the same object as sops, byte for byte, under the same name", async () => {
    for (const name of ["plain.yaml", "sp ace+ü(1)&=%.json"]) {
      const sealed = await world.seal(name, name.endsWith(".json") ? '{"a": 1}' : PLAIN);
      await world.write(".sops.yaml", destinationRules(RULE));
      expect(await world.ours("publish", "--yes", name)).toMatchObject({ code: 0, stderr: "" });
      await world.write(".sops.yaml", destinationRules(["gcs_bucket: vault-of-sops", "gcs_prefix: apps/"]));
      expect((await world.theirs("publish", "--yes", name)).code).toBe(0);
      expect(await object(`apps/${name}`), name).toBe(sealed);
      expect(await object(`apps/${name}`, "vault-of-sops"), name).toBe(sealed);
    }
  });

  test("what is there and the same is not sent again, what changed is", async () => {
    await world.write(".sops.yaml", destinationRules(RULE));
    await world.seal("same.yaml", PLAIN);
    await world.ours("publish", "--yes", "same.yaml");
    const again = await world.ours("publish", "--yes", "--verbose", "same.yaml");
    expect(again.stderr).toBe("enc: gcs://vault-of-tests/apps/same.yaml is up to date\n");
    await world.ours("set", "same.yaml", '["more"]', "1");
    const changed = await world.ours("publish", "--yes", "--verbose", "same.yaml");
    expect(changed.stderr).toBe("enc: uploaded same.yaml to gcs://vault-of-tests/apps/same.yaml\n");
    expect(await object("apps/same.yaml")).toBe(await world.read("same.yaml"));
  });

  test("a recreation rule seals anew", async () => {
    const recreation = ["recreation_rule:", `  age: ${RECIPIENT}`, "  unencrypted_regex: ^pass"];
    await world.write(".sops.yaml", destinationRules([...RULE, ...recreation]));
    const sealed = await world.seal("again.yaml", `${PLAIN}b: c\n`);
    await world.ours("publish", "--yes", "again.yaml");
    const copy = (await object("apps/again.yaml")) ?? "";
    expect(copy).toMatch(/^password: s3cr3t-canary\nb: ENC\[/);
    expect(copy).not.toBe(sealed);
  });

  test("no bucket, no server, no login", async () => {
    await world.write(".sops.yaml", destinationRules(["gcs_bucket: no-such-bucket"]));
    await world.seal("a.yaml", PLAIN);
    const missing = await world.ours("publish", "-y", "a.yaml");
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(
      /GCS: cannot write gcs:\/\/no-such-bucket\/a\.yaml: there is no such place/,
    );
    const run = (env: Readonly<Record<string, string>>): Promise<{ stderr: string }> =>
      enc(["publish", "-y", "a.yaml"], { cwd: world.dir, env: { ...world.env, ...env } });
    const gone = await run({ STORAGE_EMULATOR_HOST: "http://127.0.0.1:9" });
    expect(gone.stderr).toContain(
      "Google Cloud Storage (127.0.0.1:9) was not reached: nothing listens there",
    );
    const bad = await run({ STORAGE_EMULATOR_HOST: "ftp://x" });
    expect(bad.stderr).toContain("the variable STORAGE_EMULATOR_HOST is no http or https address");
    const none = await run({ STORAGE_EMULATOR_HOST: "", METADATA_SERVER_DETECTION: "none" });
    expect(none.stderr).toContain("GCS: there are no Google credentials");
    const broken = await run({ STORAGE_EMULATOR_HOST: "", GOOGLE_CREDENTIALS: '{"type": "c4n4ry"' });
    expect(broken.stderr).toContain("GCS: GOOGLE_CREDENTIALS holds no JSON credentials");
    expect(broken.stderr).not.toContain("c4n4ry");
  });
});
