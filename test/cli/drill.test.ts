import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { awsDrill } from "../support/drill/aws.ts";
import { azureDrill, gcpDrill } from "../support/drill/clouds.ts";
import type { Drill } from "../support/drill/drill.ts";
import { vaultDrill } from "../support/drill/vault.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { describeWith } from "../support/parts.ts";
import { playTranscript, type Variables } from "../support/play.ts";

/** What a user reads when a key's server fails: each message names the key, the cause, and the fix. */
const textOf = (name: string): string => join(import.meta.dirname, "drill", `${name}.txt`);

function drill(name: string, ...starts: readonly (() => Promise<Drill>)[]): void {
  let drills: readonly Drill[] = [];
  let trusted: readonly (() => void)[] = [];
  let folder = "";
  const variables: Record<string, string> = {};

  beforeAll(async () => {
    drills = await Promise.all(starts.map((start) => start()));
    const cas = drills.flatMap(({ trust }) => trust);
    trusted = cas.map(trustInThisProcess);
    folder = mkdtempSync(join(tmpdir(), "enc-drill-"));
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, cas.join(""));
    // For a built executable, which this process cannot make trust anybody.
    Object.assign(variables, { CA: ca }, ...drills.map((each): Variables => each.variables));
  });
  afterAll(async () => {
    for (const distrust of trusted.toReversed()) distrust();
    await Promise.all(drills.map(({ stop }) => stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  playTranscript(textOf(name), () => variables);
}

describeWith(["bao"], "drill: Vault", () => {
  drill("vault", vaultDrill);
});
describe("drill: AWS KMS", () => {
  drill("aws-kms", awsDrill);
});
describe("drill: Azure Key Vault", () => {
  drill("azure-kv", azureDrill);
});
describe("drill: GCP KMS", () => {
  drill("gcp-kms", gcpDrill);
});
describeWith(["bao"], "drill: key groups", () => {
  drill("groups", vaultDrill, awsDrill, gcpDrill);
});
