/**
 * `npm run corpus -- DIR`: opens every sops file listed in DIR/sops-*-decrypt.jsonl (file, type, rc, base64 out of a
 * real sops) and compares. Keys: `age` by DIR/humphd+sops-age/key.txt, PGP by the gpg of this machine and its home.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { equalBytes, toByteString } from "../../src/core/bytes.ts";
import { SopsError } from "../../src/core/errors.ts";
import type { FormatName } from "../../src/core/format.ts";
import type { KeyProvider, KeyType } from "../../src/core/key.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import type { OpsContext } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { portableHost } from "../../src/ops/portable-host.ts";
import { loadProviders } from "../../src/providers/index.ts";

interface Recorded {
  readonly file: string;
  readonly type: FormatName;
  readonly rc: number;
  readonly out: string;
}

/** gpg as a master key: enough to try the document engine on old files before the provider exists. */
const gpg: KeyProvider = {
  type: "pgp",
  fields: ["created_at", "enc", "fp"],
  identity: (ref) => (typeof ref.fields["fp"] === "string" ? ref.fields["fp"] : ""),
  fromConfig: () => [],
  effort: () => "silent",
  wrap: () => Promise.reject(new Error("not used")),
  unwrap(key) {
    const { status, stdout } = spawnSync("gpg", ["--batch", "-q", "-d"], { input: key.enc });
    return Promise.resolve(status === 0 && stdout.length === 32 ? new Uint8Array(stdout) : null);
  },
};

async function main(dir: string): Promise<number> {
  const list = (await readdir(dir)).find((name) => /^sops-.*-decrypt\.jsonl$/.test(name));
  if (list === undefined) throw new Error(`${dir} has no sops-*-decrypt.jsonl`);
  const lines = (await readFile(join(dir, list), "utf8")).trim().split("\n");
  const key =
    (await readFile(join(dir, "humphd+sops-age/key.txt"), "utf8")).match(/AGE-SECRET-KEY-1[A-Z0-9]+/)?.[0] ??
    "";
  const providers = new Map<KeyType, KeyProvider>([...(await loadProviders()), ["pgp", gpg]]);
  const ctx: OpsContext = { runtime: nodeRuntime, host: portableHost({ identities: [key] }), providers };
  const counts = { same: 0, bothRefuse: 0, noKey: 0, encOpens: 0, different: 0 };
  for (const line of lines) {
    const row = JSON.parse(line) as Recorded;
    const outcome = await judge(row, dir, ctx);
    counts[outcome]++;
    if (outcome !== "same") console.log(`${outcome}: ${row.file} (sops exit ${String(row.rc)})`);
  }
  console.log(`${String(lines.length)} files: ${JSON.stringify(counts)}`);
  return counts.different === 0 ? 0 : 1;
}

async function judge(
  row: Recorded,
  dir: string,
  ctx: OpsContext,
): Promise<"same" | "bothRefuse" | "noKey" | "encOpens" | "different"> {
  try {
    const format = await loadFormat(row.type);
    const bytes = await decrypt(
      await readFile(join(dir, row.file)),
      { input: format, output: format },
      {},
      ctx,
    );
    if (row.rc !== 0) return "encOpens";
    if (equalBytes(bytes, Buffer.from(row.out, "base64"))) return "same";
    console.log(
      `wanted ${JSON.stringify(Buffer.from(row.out, "base64").toString("latin1"))}\n   got ${JSON.stringify(toByteString(bytes))}`,
    );
    return "different";
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    if (row.rc !== 0) return "bothRefuse";
    if (error.code === "NO_DATA_KEY") return "noKey";
    console.log(`${error.code} ${error.message} ${JSON.stringify(error.place ?? {})}`);
    return "different";
  }
}

process.exitCode = await main(process.argv[2] ?? "corpus");
