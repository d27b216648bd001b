import { randomFillSync } from "node:crypto";

/** Bytes drawn at a time. A call of the system per IV (32 bytes) would cost as much as sealing the value. */
const BLOCK_BYTES = 16 * 1024;

const block = new Uint8Array(BLOCK_BYTES);
let at = BLOCK_BYTES;

/** Secure random bytes, cut from a block. What is handed out is erased from the block. */
export function randomBytes(length: number): Uint8Array {
  if (length > BLOCK_BYTES / 4) return randomFillSync(new Uint8Array(length));
  if (at + length > BLOCK_BYTES) {
    randomFillSync(block);
    at = 0;
  }
  const end = at + length;
  const bytes = block.slice(at, end);
  block.fill(0, at, end);
  at = end;
  return bytes;
}
