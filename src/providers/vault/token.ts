import { tryFromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

/** How to get a token, for hints. */
export const LOG_IN = "log in with vault login (or bao login), or set VAULT_TOKEN";

/** Stands for a file that is not text: no token has this character. */
const NOT_TEXT = "\u0000";

export interface Token {
  readonly text: string;
  /** Where it stood, for people. */
  readonly place: string;
}

/**
 * VAULT_TOKEN, else `~/.vault-token`, trimmed. Null where there is none: an agent of Vault adds one of its own, so the
 * server has the last word. Throws NOT_LOGGED_IN for what can be no token: it would break the request's header.
 */
export async function findToken(host: Host): Promise<Token | null> {
  const token = fromEnv(host) ?? (await fromFile(host));
  if (token === null || !/[^!-~]/.test(token.text)) return token;
  throw new SopsError("NOT_LOGGED_IN", `the Vault token in ${token.place} has characters that no token has`, {
    hint: LOG_IN,
  });
}

function fromEnv(host: Host): Token | null {
  const text = host.env("VAULT_TOKEN")?.trim() ?? "";
  return text === "" ? null : { text, place: "VAULT_TOKEN" };
}

async function fromFile(host: Host): Promise<Token | null> {
  const home = host.homeDir();
  if (home === undefined || home === "") return null;
  const content = await host.readFile(`${home}/.vault-token`);
  const text = content === null ? "" : (tryFromUtf8(content)?.trim() ?? NOT_TEXT);
  return text === "" ? null : { text, place: "~/.vault-token" };
}
