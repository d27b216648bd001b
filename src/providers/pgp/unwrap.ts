import { equalBytes, utf8, wipe } from "../../core/base/bytes.ts";
import type { Host } from "../../core/ports/host.ts";
import { withoutArmor } from "./armor.ts";
import { runGpg, statusOf, type GpgResult } from "./gpg.ts";
import { literalOf } from "./literal.ts";
import { fromTextMode, KEY_BYTES, withoutCr } from "./text-mode.ts";
import { nothingDecrypted, unwrapFailure } from "./unwrap-failure.ts";

/** The format `b` of a literal packet, as a status line has it. */
const BINARY = "62";

/**
 * What gpg makes of a wrapped data key; null: it has no secret key for it. `gpg -d` leaves out each CR of a message that
 * calls itself text, as SOPS 2.0 for Go wrote them: then the packet itself is asked for and read here.
 */
export async function decryptKey(
  enc: string,
  fingerprint: string,
  host: Host,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  const call = { input: utf8(enc), signal };
  const plain = await runGpg(["-d"], host, call);
  if (plain.code !== 0) return orThrow(unwrapFailure(plain, fingerprint));
  if (plain.stdout.length === 0 && !isText(plain)) throw nothingDecrypted(fingerprint);
  if (isWhole(plain)) return plain.stdout;
  const packets = await runGpg(["--unwrap", "-d"], host, call);
  const content = packets.code === 0 ? await literalOf(withoutArmor(packets.stdout)) : null;
  wipe(packets.stdout);
  // The two runs must speak of one message; where this gpg cannot unwrap, its plain answer is the best there is.
  if (content === null || !equalBytes(withoutCr(content), withoutCr(plain.stdout))) return plain.stdout;
  wipe(plain.stdout);
  return fromTextMode(content);
}

function orThrow(error: Error | null): null {
  if (error !== null) throw error;
  return null;
}

function isText(result: GpgResult): boolean {
  const format = statusOf(result, "PLAINTEXT")?.[0];
  return format !== undefined && format !== BINARY;
}

/**
 * Nothing was left out: it is binary, or as long as the packet says (one in parts does not say). A program in gpg's
 * place that prints no status is believed if what it gave has a key's length.
 */
function isWhole(result: GpgResult): boolean {
  const { length } = result.stdout;
  if (statusOf(result, "PLAINTEXT") === undefined) return KEY_BYTES.includes(length);
  return !isText(result) || statusOf(result, "PLAINTEXT_LENGTH")?.[0] === String(length);
}
