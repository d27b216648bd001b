import type { SopsError } from "../core/base/errors.ts";

/**
 * By the name `sops`, what sops prints for an error, where its own tests and other programs compare all of it. Undefined:
 * nobody does, and our words say more.
 */
export function wordsOfSops({ code, message }: SopsError): string | undefined {
  if (code === "NO_KEYS" && message.startsWith(EMPTY_GROUP))
    return `Could not generate data key: [${EMPTY_GROUP}]`;
  return undefined;
}

/** How `keyGroupsOf` begins what it says of a group without keys. */
const EMPTY_GROUP = "empty key group provided";
