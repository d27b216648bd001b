import { SopsError } from "../../core/base/errors.ts";
import type { KeyRef } from "../../core/keys/key.ts";

/** A key of a vault, by the three metadata fields that name it. An empty version is the newest one. */
export interface VaultKey {
  /** `https://NAME.vault.azure.net`, no slash at its end. */
  readonly vaultUrl: string;
  readonly name: string;
  readonly version: string;
}

/** format.md 11: the vault's URL, `/keys/`, the name, and perhaps a version. */
const KEY_URL = /^(https:\/\/[^/]+)\/keys\/([^/]+)(?:\/([^/]*))?$/;
/** Characters that would make another URL of a name or a version. */
const UNSAFE = /[\s/\\?#%]/;

/** The key that a URL names. Throws BAD_RECIPIENT. */
export function parseKeyUrl(text: string): VaultKey {
  const [, vaultUrl = "", name = "", version = ""] = KEY_URL.exec(text) ?? [];
  return checked({ vaultUrl, name, version }, text);
}

/** The key that an entry of a key group in a config names. Throws BAD_RECIPIENT. */
export function keyOfParts(vaultUrl: string, name: string, version: string): VaultKey {
  const key = { vaultUrl: withoutSlash(vaultUrl.trim()), name: name.trim(), version: version.trim() };
  return checked(key, urlOf(key));
}

/** The key of a metadata block. Throws BAD_RECIPIENT where it cannot be one, so that no odd address is ever called. */
export function vaultKeyOf(ref: KeyRef): VaultKey {
  return checked(partsOf(ref), urlOf(partsOf(ref)));
}

/** The same without a check, for a text to show. */
export function partsOf({ fields }: KeyRef): VaultKey {
  return {
    vaultUrl: withoutSlash(text(fields["vault_url"])),
    name: text(fields["name"]),
    version: text(fields["version"]),
  };
}

export function refOf({ vaultUrl, name, version }: VaultKey): KeyRef {
  const known = version === "" ? {} : { version };
  return { type: "azure_kv", fields: { vault_url: vaultUrl, name, ...known } };
}

/** The text that SOPS knows the key by: `VAULT/keys/NAME/VERSION`. */
export function urlOf({ vaultUrl, name, version }: VaultKey): string {
  return `${vaultUrl}/keys/${name}/${version}`;
}

function checked(key: VaultKey, shown: string): VaultKey {
  const { vaultUrl, name, version } = key;
  if (isPlainUrl(vaultUrl) && name !== "" && !UNSAFE.test(name) && !UNSAFE.test(version)) return key;
  throw new SopsError("BAD_RECIPIENT", `not a key of an azure key vault: ${shown}`, {
    hint: "write https://VAULT.vault.azure.net/keys/NAME, with /VERSION if you want to pin one",
  });
}

/** https, a host, perhaps a port, and nothing else: no user, no path, no query. */
function isPlainUrl(vaultUrl: string): boolean {
  if (!URL.canParse(vaultUrl)) return false;
  const url = new URL(vaultUrl);
  return (
    url.protocol === "https:" && `${url.protocol}//${url.host}/` === url.href && !/[\s\\?#@]/.test(vaultUrl)
  );
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, "");
const text = (field: unknown): string => (typeof field === "string" ? field : "");
