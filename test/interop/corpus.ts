/**
 * `npm run corpus -- DIR`: opens every sops file listed in DIR/sops-*-decrypt.jsonl (file, type, rc, base64 out of a
 * real sops) and compares. Keys: the age identities of DIR's files named `...key.txt` or `...keys.txt`, and the PGP keys of
 * its `.asc` and `.gpg` files, in a keyring made for the run.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { equalBytes, toByteString } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import type { Host } from "../../src/core/ports/host.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { nodeHost } from "../../src/node/host.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import type { OpsContext } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { nodeProviders } from "../../src/providers/index.ts";
import { makeGpgHome, type GpgHome } from "../support/gpg-home.ts";

interface Recorded {
  readonly file: string;
  readonly type: FormatName;
  readonly rc: number;
  readonly out: string;
}

async function main(dir: string): Promise<number> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const home = makeGpgHome();
  try {
    for (const file of files.filter((name) => /\.(?:asc|gpg)$/.test(name))) importKeys(home, file);
    const env = { ...process.env, GNUPGHOME: home.path, SOPS_AGE_KEY: await ageKeys(files) };
    return await judgeAll(dir, nodeHost({ env }));
  } finally {
    home.stop();
  }
}

/** Not every such file holds keys, and an expired one makes gpg complain. */
function importKeys(home: GpgHome, file: string): void {
  try {
    home.gpg(["--batch", "--quiet", "--import", file]);
  } catch (error) {
    console.log(String(error));
  }
}

async function ageKeys(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(
    files.filter((name) => /keys?\.txt$/.test(name)).map((name) => readFile(name, "utf8")),
  );
  const found = texts.flatMap((text) => text.match(/\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g) ?? []);
  return [...new Set(found)].join("\n");
}

async function judgeAll(dir: string, host: Host): Promise<number> {
  const list = (await readdir(dir)).find((name) => /^sops-.*-decrypt\.jsonl$/.test(name));
  if (list === undefined) throw new Error(`${dir} has no sops-*-decrypt.jsonl`);
  const lines = (await readFile(join(dir, list), "utf8")).trim().split("\n");
  const ctx: OpsContext = { runtime: nodeRuntime, host, providers: nodeProviders() };
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
