import { SopsError } from "../core/base/errors.ts";
import { type FlagTable, longOf } from "./normalize.ts";

/**
 * A flag that takes a value takes the next word, whatever it is: of `--output -i f.yaml` sops makes a file `-i`. Where that
 * word is a flag, the value is missing. Throws USAGE; `--output=-i` is taken as it stands.
 */
export function refuseFlagAsValue(argv: readonly string[], table: FlagTable): void {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return;
    const spec = word.startsWith("-") && !word.includes("=") ? flagOf(word, table) : undefined;
    if (spec?.value === undefined) continue;
    i++;
    const value = argv[i] ?? "";
    if (value !== "--" && flagOf(value, table) === undefined && !/^--[a-z]/.test(value)) continue;
    throw new SopsError("USAGE", `--${spec.long} has no value: ${value.split("=")[0] ?? ""} follows it`, {
      hint: `give --${spec.long} its value; one that begins with - is written --${spec.long}=-...`,
    });
  }
}

function flagOf(word: string, table: FlagTable): { long: string; value?: string | undefined } | undefined {
  const long = longOf(word);
  return long === undefined ? undefined : (table.byLong.get(long) ?? table.byShort.get(long));
}
