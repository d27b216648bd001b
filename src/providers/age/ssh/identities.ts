import { utf8, wipe } from "../../../core/base/bytes.ts";
import type { Host } from "../../../core/ports/host.ts";
import type { Primitives } from "../../../core/ports/primitives.ts";
import { askSecret, noPassphrase, wrongPassphrase } from "../ask.ts";
import type { AgeIdentity, LockedIdentity } from "../identity.ts";
import { parseSshPrivateKey } from "./pem.ts";
import { isFor, type SshKeyFile, type SshPrivateKey, sshIdentity } from "./private-key.ts";
import { parsePublicLine, type SshPublicKey } from "./public-key.ts";

export interface SshKeyPlace {
  /** For messages and for the question: a path, or the variable that named a command. */
  readonly place: string;
  /** The text of the `.pub` file beside the key, for keys that hide their public half; null: there is none. */
  publicHalf(): Promise<string | null>;
  readonly host: Host;
  readonly crypto: Primitives;
}

export interface ParsedSshKey {
  readonly identities: readonly AgeIdentity[];
  readonly note: string;
}

/** The identity in the text of an SSH private key; a passphrase is asked for only when the key is needed. */
export async function parseSshKey(text: string, from: SshKeyPlace): Promise<ParsedSshKey> {
  const file = await parseSshPrivateKey(text);
  if (file.kind === "unusable") return { identities: [], note: file.why };
  if (file.kind === "open")
    return { identities: [usable(file.key, from.crypto)], note: `an ${file.key.publicKey.type} key` };
  const publicKey = file.publicKey ?? parsePublicLine((await from.publicHalf()) ?? "");
  const type = publicKey?.type ?? "ssh-rsa";
  return { identities: [locked(file, publicKey, from)], note: `an ${type} key with a passphrase` };
}

function usable(key: SshPrivateKey, crypto: Primitives): AgeIdentity {
  const identity = sshIdentity(key, crypto);
  return {
    kind: "own",
    asks: false,
    identity: () => identity,
    mayOpen: (stanzas) => stanzas.some((stanza) => isFor(stanza, key.publicKey)),
  };
}

/** Where nothing tells the public half, the key may be that of any ssh-rsa recipient: older formats hold no other. */
function locked(
  file: Extract<SshKeyFile, { kind: "locked" }>,
  publicKey: SshPublicKey | null,
  { place, host, crypto }: SshKeyPlace,
): LockedIdentity {
  let opened: Promise<readonly AgeIdentity[]> | undefined;
  const open = async (): Promise<readonly AgeIdentity[]> => {
    const passphrase = await askSecret(host, `Enter passphrase for ${place}:`);
    if (passphrase === null) throw noPassphrase(place);
    const bytes = utf8(passphrase);
    const key = await file.open(bytes);
    wipe(bytes);
    if (key === null) throw wrongPassphrase(place);
    return [usable(key, crypto)];
  };
  return {
    kind: "locked",
    mayOpen: (stanzas) =>
      stanzas.some((s) => (publicKey === null ? s.args[0] === "ssh-rsa" : isFor(s, publicKey))),
    unlock: () => {
      opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
  };
}
