import { fieldsOf, integerOf, type Fields, type OnUnknownKey } from "./fields.ts";
import type { StoreSettings } from "./model.ts";
import type { Value } from "./source.ts";

/**
 * `stores` of a config. SOPS takes 0 for YAML as its default of 4, and -1 for JSON as one tab.
 * Throws BAD_CONFIG with the place.
 */
export function storesOf(value: Value | undefined, onUnknown: OnUnknownKey): StoreSettings {
  if (value === undefined) return {};
  const stores = fieldsOf(value, "stores", ["yaml", "json", "json_binary", "dotenv", "ini"], onUnknown);
  const storeOf = (name: string, known: readonly string[]): Fields | undefined => {
    const store = stores.get(name);
    return store && fieldsOf(store, `stores.${name}`, known, onUnknown);
  };
  const indentOf = (name: string, least: number): number | undefined => {
    const store = storeOf(name, ["indent"]);
    return store && integerOf(store, "indent", least);
  };
  for (const name of ["dotenv", "ini"]) storeOf(name, []);
  const yaml = indentOf("yaml", 0);
  return {
    yaml: yaml === 0 ? undefined : yaml,
    json: indentOf("json", -1),
    jsonBinary: indentOf("json_binary", -1),
  };
}
