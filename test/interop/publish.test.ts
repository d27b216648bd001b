import { afterAll, beforeAll, expect, it } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { destinationRules, publishWorld, type PublishWorld } from "../support/publish-world.ts";
import { runSops, type SopsResult } from "../support/real-sops.ts";
import { type Bao, startBao } from "../support/servers/bao.ts";
import { type FakeGcs, startGcs } from "../support/servers/gcs.ts";
import { type Moto, MOTO_CREDENTIALS, startMoto } from "../support/servers/moto.ts";
import { VARIABLES } from "./matrix/case.ts";

/*
 * The same command line given to both programs, and what has then arrived: each publishes into a place of its own, which
 * differ in nothing but their first part. What is refused, and the answers to the question, are in the matrix.
 */

type Tool = "sops" | "enc";
type Destination = "S3" | "GCS" | "Vault KV 2" | "Vault KV 1";

interface Row {
  readonly to: Destination;
  readonly line: string;
  /** More lines of the rule. */
  readonly rule?: readonly string[];
  /** Answers on stdin. */
  readonly stdin?: string;
  /** What must be there, below the place of the tool. */
  readonly arrives: readonly string[];
}

const FILES: Readonly<Record<string, string>> = {
  "app.yaml": "# note\na: one\nb:\n    c: 2\n    d: 1.5\n    e: true\nlist:\n    - x\n    - 3\n",
  "app.json": '{\n\t"a": "one",\n\t"b": {\n\t\t"c": 2,\n\t\t"d": null\n\t}\n}',
  "app.env": "A=one\nB=two words\n",
  "app.ini": "[s]\na = one\n\n[t]\nb = 2\n",
  "app.bin": "any text\n",
  "tree/a.yaml": "a: 1\n",
  "tree/deep/b.json": '{\n\t"b": 2\n}',
};
const SINGLE = Object.keys(FILES).filter((name) => !name.includes("/"));
const BUCKETS = ["S3", "GCS"] as const;
const DESTINATIONS: readonly Destination[] = [...BUCKETS, "Vault KV 2", "Vault KV 1"];
const RECREATED = ["recreation_rule:", `  age: ${VARIABLES["AGE2"] ?? ""}`];

const ROWS: readonly Row[] = [
  ...DESTINATIONS.flatMap((to) => SINGLE.map((name) => ({ to, line: `--yes ${name}`, arrives: [name] }))),
  ...DESTINATIONS.flatMap((to): readonly Row[] => [
    { to, line: "--yes --recursive tree", arrives: ["a.yaml", "deep/b.json"] },
    { to, line: "--yes --recursive --omit-extensions tree", arrives: ["a", "deep/b"] },
    { to, line: "--yes --omit-extensions app.yaml", arrives: ["app"] },
    { to, line: "--yes app.yaml", rule: ["omit_extensions: true"], arrives: ["app"] },
    { to, line: "--yes tree/deep/b.json", arrives: ["b.json"] },
    { to, line: "app.yaml", stdin: "y\n", arrives: ["app.yaml"] },
    { to, line: "app.yaml", stdin: "n\n", arrives: [] },
    { to, line: "--recursive tree", stdin: "n\ny\n", arrives: ["deep/b.json"] },
    { to, line: "--yes none.yaml", arrives: [] },
  ]),
  ...BUCKETS.flatMap((to): readonly Row[] => [
    ...SINGLE.map((name) => ({ to, line: `--yes ${name}`, rule: RECREATED, arrives: [name] })),
    { to, line: "--yes --recursive tree", rule: RECREATED, arrives: ["a.yaml", "deep/b.json"] },
  ]),
];

const KEYS = /<Key>([^<]+)<\/Key>/g;

/** moto asks who wants an object, and checks no signature. */
const AS_OWNER = {
  Authorization: `AWS4-HMAC-SHA256 Credential=${MOTO_CREDENTIALS.AWS_ACCESS_KEY_ID}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`,
};

describeWith(["moto_server", "bao", "fake-gcs-server", "sops"], "publish, by enc and by sops", () => {
  let moto: Moto;
  let bao: Bao;
  let gcs: FakeGcs;
  let world: PublishWorld;

  beforeAll(async () => {
    [moto, bao, gcs] = await Promise.all([startMoto(), startBao(), startGcs()]);
    expect((await fetch(`${moto.url}/both`, { method: "PUT", headers: AS_OWNER })).status).toBe(200);
    await gcs.createBucket("both");
    await bao.call("POST", "sys/mounts/kv1", { type: "kv", options: { version: "1" } });
    world = await publishWorld({ ...moto.env, ...gcs.env, VAULT_TOKEN: bao.token, VAULT_ADDR: bao.url });
    for (const [name, text] of Object.entries(FILES)) {
      await world.write(name, text);
      const { code, stderr } = await world.theirs("encrypt", "-i", "--age", RECIPIENT, name);
      expect(code, stderr).toBe(0);
    }
  });
  afterAll(async () => {
    await Promise.all([moto.stop(), bao.stop(), gcs.stop(), world.close()]);
  });

  const ruleOf = ({ to, rule = [] }: Row, place: string): string => {
    const vault = [`vault_address: ${bao.url}`, `vault_path: ${place}`];
    const where = {
      S3: ["s3_bucket: both", `s3_prefix: ${place}/`],
      GCS: ["gcs_bucket: both", `gcs_prefix: ${place}/`],
      "Vault KV 2": vault,
      "Vault KV 1": [...vault, "vault_kv_mount_name: kv1", "vault_kv_version: 1"],
    };
    return destinationRules([...where[to], ...rule]);
  };

  async function publish(tool: Tool, { line, stdin = "" }: Row): Promise<CliResult | SopsResult> {
    const argv = ["publish", ...line.split(" ")];
    if (tool === "enc") return world.answering(stdin, ...argv);
    const { dir: cwd, env } = world;
    return runSops(argv, { cwd, env, input: Buffer.from(stdin), program: requirePart("sops") });
  }

  /** What is below a place, by name. */
  async function arrived({ to, rule }: Row, place: string): Promise<Readonly<Record<string, unknown>>> {
    if (to === "S3" || to === "GCS") return objectsBelow(to, `${place}/`, rule === RECREATED);
    return secretsBelow(to === "Vault KV 2" ? 2 : 1, `${place}/`, "");
  }

  async function objectsBelow(
    to: "S3" | "GCS",
    prefix: string,
    recreated: boolean,
  ): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const key of await names[to](prefix)) {
      const text = await objects[to](key);
      found[key.slice(prefix.length)] = recreated ? await openedBySops(key, text) : text;
    }
    return found;
  }

  const fromMoto = async (path: string): Promise<string> =>
    (await fetch(`${moto.url}/both${path}`, { headers: AS_OWNER })).text();
  const names = {
    S3: async (prefix: string) =>
      [...(await fromMoto(`?list-type=2&prefix=${encodeURIComponent(prefix)}`)).matchAll(KEYS)].map(
        ([, key = ""]) => key,
      ),
    GCS: (prefix: string) => gcs.names("both", prefix),
  };
  const objects = {
    S3: (key: string) => fromMoto(`/${key}`),
    GCS: async (key: string) => (await gcs.object("both", key))?.toString() ?? "",
  };

  /** By the identity of the recreation rule alone. */
  async function openedBySops(name: string, text: string): Promise<string> {
    await world.write(`copies/${name}`, text);
    const { code, stdout, stderr } = await runSops(["decrypt", `copies/${name}`], {
      cwd: world.dir,
      env: { SOPS_AGE_KEY: VARIABLES["KEY2"] ?? "" },
      program: requirePart("sops"),
    });
    expect(code, stderr).toBe(0);
    return Buffer.from(stdout).toString();
  }

  async function secretsBelow(
    version: 1 | 2,
    place: string,
    below: string,
  ): Promise<Record<string, unknown>> {
    const [mount, names] = version === 2 ? ["secret/data", "secret/metadata"] : ["kv1", "kv1"];
    const listing = await fetch(`${bao.url}/v1/${names}/${place}${below}?list=true`, {
      headers: { "X-Vault-Token": bao.token },
    });
    if (listing.status === 404) return {};
    const { data } = (await listing.json()) as { data: { keys: readonly string[] } };
    const found: Record<string, unknown> = {};
    for (const key of data.keys)
      if (key.endsWith("/")) Object.assign(found, await secretsBelow(version, place, below + key));
      else found[below + key] = await secret(`${mount}/${place}${below}${key}`, version);
    return found;
  }

  async function secret(path: string, version: 1 | 2): Promise<unknown> {
    const { data } = (await bao.call("GET", path)) as { data: { data: unknown } };
    return version === 2 ? data.data : data;
  }

  it.each(ROWS.map((row, i) => [`${row.to}: ${row.line}`, row, i] as const))("%s", async (_, row, i) => {
    const results: Partial<Record<Tool, unknown>> = {};
    for (const tool of ["sops", "enc"] as const) {
      const place = `row${String(i)}/${tool}`;
      await world.write(".sops.yaml", ruleOf(row, place));
      const { code } = await publish(tool, row);
      results[tool] = { code, arrived: await arrived(row, place) };
    }
    expect(results.enc).toEqual(results.sops);
    expect(Object.keys((results.enc as { arrived: object }).arrived).sort()).toEqual(row.arrives);
  });
});
