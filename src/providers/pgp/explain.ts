import type { Host } from "../../core/ports/host.ts";
import { gpgHome } from "./gpg.ts";
import { listKeys } from "./listing.ts";

/** What gpg answers where a key is just not there, by libgpg-error's number: no public key, no secret key. */
const ABSENT: readonly (number | undefined)[] = [9, 17, undefined];

/** Why gpg found no secret key: it says the same where its agent does not start, and where the subkey is another one. */
export async function explainNoKey(fingerprint: string, host: Host): Promise<string> {
  const home = gpgHome(host);
  const { keys, error, words } = await listKeys("--list-secret-keys", fingerprint, host);
  if (keys.length > 0)
    return `gpg has its secret key in ${home}, but not the subkey that this is encrypted to; import it with gpg --import FILE`;
  if (ABSENT.includes(error))
    return `gpg has no secret key for it in ${home}; import it with gpg --import FILE`;
  return `gpg got no keys from its agent${words}; see what this says: gpgconf --launch gpg-agent`;
}
