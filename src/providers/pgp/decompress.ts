import { concat } from "../../core/base/bytes.ts";
import { bunzip2 } from "./bunzip2.ts";

/** No wrapped key is near this; what is more is a bomb. */
export const MAX_BYTES = 64 * 1024;

/**
 * Undoes the compression of an OpenPGP packet by its algorithm (RFC 9580 section 9.4): 0 none, 1 ZIP, 2 ZLIB, 3 BZip2.
 * Null where it is another one, damaged, or makes more than MAX_BYTES.
 */
export async function decompress(algorithm: number, bytes: Uint8Array): Promise<Uint8Array | null> {
  if (algorithm === 0) return bytes;
  if (algorithm === 1) return inflate("deflate-raw", bytes);
  if (algorithm === 2) return inflate("deflate", bytes);
  if (algorithm === 3) return bunzip2(bytes, MAX_BYTES);
  return null;
}

async function inflate(format: "deflate" | "deflate-raw", bytes: Uint8Array): Promise<Uint8Array | null> {
  const source = new ReadableStream<BufferSource>({
    start(controller) {
      controller.enqueue(bytes.slice());
      controller.close();
    },
  });
  try {
    return await readAll(source.pipeThrough(new DecompressionStream(format)).getReader());
  } catch {
    return null;
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(...chunks);
    total += value.length;
    if (total > MAX_BYTES) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}
