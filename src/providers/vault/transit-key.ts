import { SopsError } from "../../core/base/errors.ts";
import type { KeyRef } from "../../core/keys/key.ts";
import { printable } from "../../core/base/printable.ts";

/** A key of a transit engine. */
export interface TransitKey {
  /** `https://vault.example.com:8200`. */
  readonly address: string;
  /** Where the engine is mounted, without slashes around it: `transit`, `team/a/transit`. */
  readonly engine: string;
  readonly name: string;
}

const EXAMPLE = "write it as https://vault.example.com:8200/v1/transit/keys/NAME";

/**
 * The key that a URI names (format.md 11): `SCHEME://HOST/v1/ENGINE.../keys/NAME`. Throws BAD_RECIPIENT.
 * Stricter than SOPS where that would make a key that can never work, or write a password into the file.
 */
export function parseTransitUri(uri: string): KeyRef {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)([?#].*)?$/i.exec(uri);
  if (parts === null) throw badUri("it has no scheme", uri);
  const [, scheme = "", authority = "", path = "", rest] = parts;
  if (authority === "" || /[^!-~]|\\/.test(authority)) throw badUri("it has no usable host", uri);
  if (/:[^@]*@/.test(authority)) throw badUri("a password in it would be written into the file", uri);
  if (rest !== undefined) throw badUri("it has a query or a fragment", uri);
  const { engine, name } = engineAndName(path, uri);
  return refOf({ address: `${scheme.toLowerCase()}://${authority}`, engine, name });
}

function engineAndName(path: string, uri: string): { engine: string; name: string } {
  const whole = escaped(path);
  if (/\/[^/]+\/v\d+\/[^/]+\/[^/]+\/[^/]+/.test(whole))
    throw badUri("a server below a path prefix is not supported", uri);
  if (!/\/v\d+\/[^/]+\/[^/]+\/[^/]+/.test(whole)) throw badUri("its path names no transit key", uri);
  const segments = whole.split("/").filter((segment) => segment !== "");
  if (segments.some(isDots)) throw badUri("its path has a segment of dots", uri);
  return { engine: segments.slice(1, -2).join("/"), name: segments.at(-1) ?? "" };
}

/** As a URL spells it, so that the metadata says what SOPS would write for the same URI. */
function escaped(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, encodeURIComponent);
}

const isDots = (segment: string): boolean => segment === "." || segment === "..";

function badUri(why: string, uri: string): SopsError {
  return new SopsError("BAD_RECIPIENT", `${why}: ${printable(shownAddress(uri))}`, { hint: EXAMPLE });
}

function refOf({ address, engine, name }: TransitKey): KeyRef {
  return { type: "hc_vault", fields: { vault_address: address, engine_path: engine, key_name: name } };
}

/** `<address>/v1/<engine>/keys/<name>`: what SOPS tells Vault keys apart by. */
export function identityOf(ref: KeyRef): string {
  const { address, engine, name } = fieldsOf(ref);
  return `${address}/v1/${engine}/keys/${name}`;
}

/**
 * The key that metadata names. Throws KEY_UNUSABLE for what could leave the engine: these texts come from a file, and a
 * name such as `../../sys/seal` would have the holder of a strong token call anything on their server.
 */
export function transitKeyOf(ref: KeyRef): TransitKey {
  const key = fieldsOf(ref);
  const engine = key.engine.split("/").filter((segment) => segment !== "");
  if (engine.length === 0 || engine.some(isDots)) throw unusable("its engine_path is no mount path", ref);
  if (key.name === "" || key.name.includes("/") || isDots(key.name))
    throw unusable("its key_name is no name of a key", ref);
  if (!isPlainAddress(key.address) || !URL.canParse(key.address))
    throw unusable("its vault_address is no http or https address", ref);
  return { ...key, engine: engine.join("/") };
}

function unusable(why: string, ref: KeyRef): SopsError {
  return new SopsError(
    "KEY_UNUSABLE",
    `cannot use the Vault key ${printable(shownAddress(identityOf(ref)))}: ${why}`,
    {
      hint: "correct the metadata of the file, or replace the key with enc rotate",
    },
  );
}

function fieldsOf({ fields }: KeyRef): TransitKey {
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" ? value : "";
  };
  return { address: text("vault_address"), engine: text("engine_path"), name: text("key_name") };
}

/**
 * Is it an http or https address of nothing but what host names, ports and paths are made of? Any other is used nowhere:
 * an address comes from a file or a server, and people copy it from a hint into their shell.
 */
export function isPlainAddress(address: string): boolean {
  return /^https?:\/\/(?:[^\s/?#\\]*@)?[A-Za-z0-9._\-[\]:]+(?:\/[A-Za-z0-9._~/-]*)?$/.test(address);
}

/** An address or a URI without the user name and password that it may hold, for people. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^/?#]*@/, "//");
}
