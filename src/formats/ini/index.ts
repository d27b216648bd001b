import type { Format } from "../../core/model/format.ts";
import { emitOne, emitSealedTree, emitTree } from "./emit/emit.ts";
import { parsePlain } from "./seal/plain.ts";
import { parseSealed } from "./open/sealed.ts";

/** INI as gopkg.in/ini.v1 reads and writes it, the way SOPS uses it (format.md 9). */
export const iniFormat: Format = {
  name: "ini",
  flat: true,
  commentsBehind: true,
  parsePlain,
  parseSealed,
  emit: emitTree,
  emitSealed: emitSealedTree,
  emitValue: emitOne,
};
