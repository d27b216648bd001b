import type { Host } from "../../src/core/ports/host.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import type { OpsContext } from "../../src/ops/context.ts";
import { portableHost } from "../../src/ops/portable-host.ts";
import { nodeProviders } from "../../src/providers/index.ts";

/** Throw-away keys made for these tests; they guard nothing. */
export const IDENTITY = "AGE-SECRET-KEY-1FKMTX0DT78QAD564YNKGDH08LAM8SAYX6MDAJ5KYLLR23A3820ASQ4DTJM";
export const RECIPIENT = "age19kxncjf4dvfnthvykmcvfgd7dllrnvaxqz5kytwr0luvt3dffyhq8hsmcr";

/** A context whose host knows one identity; warnings are collected. */
export function testContext(
  identity: string | null = IDENTITY,
): Promise<OpsContext & { readonly warnings: string[] }> {
  const warnings: string[] = [];
  const identities = identity === null ? [] : [identity];
  const host: Host = portableHost({ identities, warn: (line) => warnings.push(line) });
  return Promise.resolve({ runtime: nodeRuntime, host, providers: nodeProviders(), warnings });
}

/** One group with the test recipient. */
export const SETTINGS = {
  groups: [[{ type: "age", fields: { recipient: RECIPIENT } }]],
  shamirThreshold: 0,
  macOnlyEncrypted: false,
} as const;

/** A hundred values, `key_000` to `key_099`, in each text format. */
export const HUNDRED: Readonly<Record<"yaml" | "json" | "dotenv" | "ini", string>> = {
  yaml: hundred((key, value) => `${key}: "${value}"\n`),
  json: `{\n${hundred((key, value, last) => `  "${key}": "${value}"${last ? "" : ","}\n`)}}\n`,
  dotenv: hundred((key, value) => `${key}=${value}\n`),
  ini: `[all]\n${hundred((key, value) => `${key} = ${value}\n`)}`,
};

function hundred(line: (key: string, value: string, last: boolean) => string): string {
  return Array.from({ length: 100 }, (_, i) =>
    line(`key_${String(i).padStart(3, "0")}`, `value ${String(i)}`, i === 99),
  ).join("");
}

/** How many lines of `after` are not the line of `before` at the same place, and how many more or fewer there are. */
export function changedLines(before: Uint8Array, after: Uint8Array): number {
  const a = new TextDecoder().decode(before).split("\n");
  const b = new TextDecoder().decode(after).split("\n");
  return b.filter((line, i) => line !== a[i]).length + Math.max(0, a.length - b.length);
}
