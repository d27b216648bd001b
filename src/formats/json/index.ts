import type { Format } from "../../core/model/format.ts";
import { emitJson, emitJsonValue, emitSealedJson } from "./emit/emit.ts";
import { parsePlainJson } from "./seal/plain.ts";
import { parseSealedJson } from "./open/sealed.ts";

/** JSON (RFC 8259) with an object at the top level, as in SOPS (format.md 7). */
export const jsonFormat: Format = {
  name: "json",
  parsePlain: parsePlainJson,
  parseSealed: parseSealedJson,
  emit: emitJson,
  emitSealed: emitSealedJson,
  emitValue: emitJsonValue,
};
