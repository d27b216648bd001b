import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Format } from "../../../src/core/model/format.ts";
import { runSops } from "../../support/real-sops.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { sitesOf } from "./fake-seal.ts";

export interface Judged {
  /** What sops encrypts the plain text to, and what it decrypts that to. */
  readonly theirs: Uint8Array;
  readonly theirsOpened: Uint8Array;
  /** What sops decrypts our file to: our splice with their ciphertexts and their block. */
  readonly oursOpened: Uint8Array;
}

/**
 * Has the real sops encrypt a plain text, puts its ciphertexts into our sealed text, and has it open both. A value that
 * sops reads at another path, or not at all, fails there: each is bound to its path, and all by the MAC.
 */
export async function judge(format: Format, suffix: string, plain: Uint8Array): Promise<Judged> {
  const cwd = mkdtempSync(join(tmpdir(), "judge-"));
  const sops = async (args: readonly string[], bytes: Uint8Array): Promise<Uint8Array> => {
    writeFileSync(join(cwd, `x${suffix}`), bytes);
    const result = await runSops([...args, `x${suffix}`], { cwd, env: { SOPS_AGE_KEY: IDENTITY } });
    if (result.code !== 0) throw new Error(`sops ${args.join(" ")}: ${result.stderr}`);
    return new Uint8Array(result.stdout);
  };
  try {
    const theirs = await sops(["encrypt", "--age", RECIPIENT], plain);
    const ours = resealWith(format, plain, theirs);
    return {
      theirs,
      theirsOpened: await sops(["decrypt"], theirs),
      oursOpened: await sops(["decrypt"], ours),
    };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

function resealWith(format: Format, plain: Uint8Array, theirs: Uint8Array): Uint8Array {
  const sealed = format.parseSealed(theirs);
  const texts = sitesOf(sealed.tree).map((site) =>
    site.type === "comment" ? site.text : String(site.value.value),
  );
  const source = format.parsePlain(plain);
  const sites = sitesOf(source.tree);
  if (sites.length !== texts.length) throw new Error("sops has other values and comments than we");
  const chosen = sites.flatMap((site, i) =>
    texts[i]?.startsWith("ENC[") === true ? [[site, { text: texts[i] }] as const] : [],
  );
  return source.seal(new Map(chosen)).finish(sealed.metadata);
}
