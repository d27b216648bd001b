import type { Format } from "../../core/format.ts";
import { emitJson, emitJsonValue, emitSealedJson } from "./emit.ts";
import { parsePlainJson } from "./plain.ts";
import { parseSealedJson } from "./sealed.ts";

/** JSON (RFC 8259) with an object at the top level, as in SOPS (format.md 7). */
export const jsonFormat: Format = {
  name: "json",
  parsePlain: parsePlainJson,
  parseSealed: parseSealedJson,
  emit: emitJson,
  emitSealed: emitSealedJson,
  emitValue: emitJsonValue,
};
