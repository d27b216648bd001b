import { decodeBech32 } from "../bech32.ts";

/** What a plugin's name may be made of (C2SP age-plugin): it becomes part of a program's name. */
const NAME = /^[A-Za-z0-9+._-]+$/;

/** `age1NAME1...` to NAME; null where it is not the recipient of a plugin. */
export function pluginOfRecipient(text: string): string | null {
  const prefix = text === text.toLowerCase() ? decodeBech32(text)?.prefix : undefined;
  return prefix?.startsWith("age1") === true ? named(prefix.slice("age1".length)) : null;
}

/** `AGE-PLUGIN-NAME-1...` to NAME in lower case; null where it is not the identity of a plugin. */
export function pluginOfIdentity(text: string): string | null {
  const prefix = text === text.toUpperCase() ? decodeBech32(text)?.prefix : undefined;
  const found = /^age-plugin-(.+)-$/.exec(prefix ?? "");
  return named(found?.[1] ?? "");
}

function named(name: string): string | null {
  return NAME.test(name) ? name : null;
}
