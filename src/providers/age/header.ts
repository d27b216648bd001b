import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { toByteString, utf8 } from "../../core/base/bytes.ts";
import { damaged } from "./damaged.ts";

const VERSION = "age-encryption.org/v1";
const COLUMNS = 64;
const MAC_BYTES = 32;

/**
 * The file key, wrapped for one recipient: `-> type argument...` and a body. Of the shape of age-encryption's Stanza, so
 * that what works with one works with the other.
 */
export interface Stanza {
  /** The type first. Each is 1 or more characters from 33 to 126. */
  args: string[];
  body: Uint8Array;
}

export interface Header {
  readonly stanzas: Stanza[];
  /** The header up to and including `---`: what the MAC is made of. */
  readonly signed: Uint8Array;
  readonly mac: Uint8Array;
  /** Where the payload starts in the file. */
  readonly length: number;
}

/** The header text up to and including `---`, without its MAC. */
export function headerText(stanzas: readonly Stanza[]): string {
  return `${VERSION}\n${stanzas.map(stanzaText).join("")}---`;
}

/** A body is cut at 64 columns, and its last line is always shorter than that, empty if need be. */
export function stanzaText(stanza: Stanza): string {
  const body = unpadded(stanza.body);
  let text = `-> ${stanza.args.join(" ")}\n`;
  for (let i = 0; i <= body.length; i += COLUMNS) text += `${body.slice(i, i + COLUMNS)}\n`;
  return text;
}

/** Reads the header of a binary age file. Throws BAD_METADATA where it breaks the format. */
export function parseHeader(file: Uint8Array): Header {
  const lines = new Lines(file);
  if (lines.next() !== VERSION) throw damaged("it is not age version 1");
  const stanzas: Stanza[] = [];
  for (;;) {
    const line = lines.next();
    if (line.startsWith("--- ")) return closeHeader(file, stanzas, line, lines.at);
    stanzas.push(readStanza(line, lines));
  }
}

function closeHeader(file: Uint8Array, stanzas: Stanza[], line: string, length: number): Header {
  const mac = fromUnpadded(line.slice(4));
  if (mac?.length !== MAC_BYTES) throw damaged("its header MAC is malformed");
  if (stanzas.length === 0) throw damaged("it has no recipient");
  // SOPS' age refuses a passphrase beside other recipients: such a file would not be authenticated by them.
  if (stanzas.length > 1 && stanzas.some((s) => s.args[0] === "scrypt"))
    throw damaged("a passphrase stands beside other recipients");
  const signed = file.subarray(0, length - line.length - 1 + "---".length);
  return { stanzas, signed, mac, length };
}

/** The stanza that `line` starts and that goes on in `lines`. Throws BAD_METADATA. */
export function readStanza(line: string, lines: { next(): string }): Stanza {
  const args = line.split(" ");
  if (args.shift() !== "->" || args.length === 0 || args.includes(""))
    throw damaged("a recipient line is malformed");
  let body = "";
  for (;;) {
    const part = lines.next();
    if (part.length > COLUMNS) throw damaged("a recipient's body is malformed");
    body += part;
    if (endsStanza(part)) break;
  }
  const bytes = fromUnpadded(body);
  if (bytes === null) throw damaged("a recipient's body is malformed");
  return { args, body: bytes };
}

/** The last line of a body is shorter than the others. */
export function endsStanza(line: string): boolean {
  return line.length < COLUMNS;
}

/** Printable ASCII lines, each ended by a line feed. */
class Lines {
  readonly #file: Uint8Array;
  /** Start of the next line. */
  at = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  next(): string {
    const end = this.#file.indexOf(0x0a, this.at);
    if (end < 0) throw damaged("its header is cut off");
    const line = this.#file.subarray(this.at, end);
    if (line.some((c) => c < 32 || c > 126)) throw damaged("its header is not plain text");
    this.at = end + 1;
    return toByteString(line);
  }
}

/** Base64 without padding, as age headers have it. */
export function unpadded(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, "");
}

/** The inverse; null unless canonical: no padding, no trailing bits. */
export function fromUnpadded(text: string): Uint8Array | null {
  const bytes = fromBase64(text + "=".repeat((4 - (text.length % 4)) % 4));
  return bytes !== null && unpadded(bytes) === text ? bytes : null;
}

/** The whole header of a new file; `mac` is 32 bytes. */
export function headerWithMac(text: string, mac: Uint8Array): Uint8Array {
  return utf8(`${text} ${unpadded(mac)}\n`);
}
