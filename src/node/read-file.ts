import { createReadStream, readFileSync, type Stats, statSync } from "node:fs";
import { ownBytes } from "../core/base/realm.ts";

const MIB = 1024 * 1024;

/** A key file, a config or a certificate has some KiB. What goes on for longer is something else (/dev/zero). */
export const MOST_OF_A_SETTING = 16 * MIB;
/** Of what is no regular file nobody knows the end. A sealed one of this size cannot be made: it would be too long a text. */
const MOST_OF_A_STREAM = 256 * MIB;

/**
 * All bytes of a file. A regular one is read at once: the threads and streams behind `node:fs/promises` take longer to
 * start than all of the reading. What may keep its reader waiting, a pipe or a terminal, is waited for. Throws EFBIG for
 * more bytes than `most`.
 */
export async function readWhole(path: string, most = Infinity): Promise<Uint8Array> {
  const found = statSync(path);
  if (!found.isFile()) return readStream(path, Math.min(most, MOST_OF_A_STREAM));
  refuseLarge(found.size, most);
  return ownBytes(readFileSync(path));
}

/** The same of a regular file that is open already. */
export function readOpened(fd: number, found: Stats, most: number): Uint8Array {
  refuseLarge(found.size, most);
  return ownBytes(readFileSync(fd));
}

async function readStream(path: string, most: number): Promise<Uint8Array> {
  return gather(createReadStream(path), most);
}

/** The bytes of a stream that ends. Throws EFBIG for one that goes on. */
export async function gather(stream: AsyncIterable<unknown>, most = MOST_OF_A_STREAM): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    refuseLarge(size, most);
    chunks.push(chunk as Buffer);
  }
  return ownBytes(Buffer.concat(chunks));
}

/** Throws EFBIG for more than `most` bytes. */
function refuseLarge(size: number, most: number): void {
  if (size > most) throw Object.assign(new Error("too large"), { code: "EFBIG" });
}
