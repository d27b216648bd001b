import { fromBase64, toBase64 } from "../../core/base/base64.ts";
import { tryFromUtf8 } from "../../core/base/bytes.ts";
import { damaged } from "./damaged.ts";

const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";
const COLUMNS = 64;

/** ASCII armor as age writes it (age-encryption.org/v1): strict PEM, 64 columns, a final line feed. */
export function armor(file: Uint8Array): string {
  const text = toBase64(file);
  const lines = [BEGIN];
  for (let i = 0; i < text.length; i += COLUMNS) lines.push(text.slice(i, i + COLUMNS));
  return `${lines.join("\n")}\n${END}\n`;
}

/**
 * The age file in an armored text. White space around it and CRLF are fine; each line but the last must be full, and
 * the base64 canonical. Throws BAD_METADATA.
 */
export function dearmor(text: string): Uint8Array {
  const lines = text.trim().split(/\r?\n/);
  if (lines.shift() !== BEGIN) throw damaged("the armor has no BEGIN line");
  if (lines.pop() !== END) throw damaged("the armor has no END line");
  if (!lines.every((line, i) => hasFullLength(line, i === lines.length - 1)))
    throw damaged("a line of the armor has a wrong length");
  const joined = lines.join("");
  const bytes = fromBase64(joined);
  if (bytes === null || toBase64(bytes) !== joined) throw damaged("the armor is not valid base64");
  return bytes;
}

/** Whether the text or bytes of an identity file are an age file, armored or not. */
export function isAgeFile(bytes: Uint8Array): boolean {
  const start = tryFromUtf8(bytes.slice(0, 64)) ?? String.fromCharCode(...bytes.subarray(0, 21));
  return /^\s*(?:age-encryption|-----BEGIN AGE)/.test(start);
}

function hasFullLength(line: string, last: boolean): boolean {
  return last ? line.length > 0 && line.length <= COLUMNS : line.length === COLUMNS;
}
