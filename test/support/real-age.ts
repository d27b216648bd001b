import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { part, requirePart } from "./parts.ts";

/** PATH with the folder of the real age first, so that it and we find the same plugins. */
export function pathWithPlugins(): string {
  const age = part("age");
  return [...(age === null ? [] : [dirname(age)]), process.env["PATH"] ?? ""].join(":");
}

/** Runs a program of the age family; answers its stdout. Throws with what it said where it fails. */
export function runAge(
  name: string,
  args: readonly string[],
  options: { readonly input?: Uint8Array | string; readonly env?: Readonly<Record<string, string>> } = {},
): Buffer {
  return execFileSync(requirePart(name), args, {
    input: options.input ?? "",
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: pathWithPlugins(), HOME: "/nonexistent", ...options.env },
  });
}
