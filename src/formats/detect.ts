import { tryFromUtf8 } from "../core/base/bytes.ts";
import type { FormatName } from "../core/model/format.ts";
import { formatForPath } from "./index.ts";

/** Where the metadata of each text format stands, which a sealed file of it always has. */
const BLOCKS: readonly (readonly [FormatName, RegExp])[] = [
  ["dotenv", /^sops_mac=/m],
  ["ini", /^\[sops\][ \t]*\r?$/m],
  ["yaml", /^(["']?)sops\1[ \t]*:/m],
];

/** The kind of a sealed file, told by its text alone; undefined for what is not sealed, or not to be told. */
export function sealedFormatOf(bytes: Uint8Array): FormatName | undefined {
  const text = tryFromUtf8(bytes)?.replace(/^\uFEFF/, "");
  if (text?.includes("ENC[AES256_GCM,") !== true || !text.includes("sops")) return undefined;
  if (/^\s*\{/.test(text)) return jsonKind(text);
  return BLOCKS.find(([, block]) => block.test(text))?.[0];
}

/** A sealed binary file is JSON that holds one value, under `data`, and the metadata. */
function jsonKind(text: string): FormatName | undefined {
  try {
    const keys = Object.keys(JSON.parse(text) as object);
    if (!keys.includes("sops")) return undefined;
    return keys.length === 2 && keys.includes("data") ? "binary" : "json";
  } catch {
    return undefined;
  }
}

/** The format of a sealed file: by its name, and where that says nothing by what is in it. */
export function formatOfSealed(path: string | undefined, bytes: Uint8Array): FormatName {
  const byName = path === undefined ? "binary" : formatForPath(path);
  return byName === "binary" ? (sealedFormatOf(bytes) ?? "binary") : byName;
}

/** `.env.local`, `app.env.staging`: to people it is a .env file, to SOPS a file of no known type. */
export function isDotenvByCustom(path: string): boolean {
  return formatForPath(path) === "binary" && /\.env\.[^/\\]+$/.test(path);
}
