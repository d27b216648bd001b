const CR = 0x0d;
const LF = 0x0a;

/** A data key, or a share of one. */
export const KEY_BYTES: readonly number[] = [32, 33];

/** What `gpg -d` prints of a literal packet in text mode on any system but Windows. */
export function withoutCr(content: Uint8Array): Uint8Array {
  return content.filter((byte) => byte !== CR);
}

/**
 * The bytes that were wrapped, from the content of a literal packet in text mode. Two kinds of writers name that mode:
 * SOPS 2.0 for Go wrote the bytes as they are, `gpg --textmode` (a line in somebody's gpg.conf is enough) made each LF a
 * CR LF. Only in the second kind stands a CR before each LF; then they are LF again, if that gives a key's length.
 */
export function fromTextMode(content: Uint8Array): Uint8Array {
  const lines = content.filter((byte, i) => !(byte === CR && content[i + 1] === LF));
  const feeds = lines.filter((byte) => byte === LF).length;
  const pairs = content.length - lines.length;
  return pairs > 0 && pairs === feeds && KEY_BYTES.includes(lines.length) ? lines : content;
}
