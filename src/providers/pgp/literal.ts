import { decompress } from "./decompress.ts";
import { readPacket } from "./packet.ts";

const COMPRESSED = 8;
const LITERAL = 11;
/** Compressed packets within compressed packets that are looked into. */
const MAX_DEPTH = 4;

/**
 * The content of the first literal packet of a decrypted message (RFC 9580 section 5.9), byte for byte, whatever mode it
 * names: format, length and bytes of a file name, four bytes of date, content. Null: there is none.
 */
export async function literalOf(message: Uint8Array, depth = 0): Promise<Uint8Array | null> {
  for (let packet = readPacket(message, 0); packet !== null; packet = readPacket(message, packet.end)) {
    const { tag, body } = packet;
    if (tag === LITERAL) return contentOf(body);
    if (tag !== COMPRESSED) continue;
    const inner = depth < MAX_DEPTH ? await decompress(body[0] ?? 0, body.subarray(1)) : null;
    return inner === null ? null : literalOf(inner, depth + 1);
  }
  return null;
}

function contentOf(body: Uint8Array): Uint8Array | null {
  const start = 2 + (body[1] ?? 0) + 4;
  return body.length < start ? null : body.slice(start);
}
