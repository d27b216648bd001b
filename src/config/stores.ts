import { fieldsOf, integerOf, type Fields } from "./fields.ts";
import type { StoreSettings } from "./model.ts";
import type { Value } from "./source.ts";

/**
 * `stores` of a config. SOPS takes 0 for YAML as its default of 4, and -1 for JSON as one tab.
 * Throws BAD_CONFIG with the place.
 */
export function storesOf(value: Value | undefined): StoreSettings {
  if (value === undefined) return {};
  const stores = fieldsOf(value, "stores", ["yaml", "json", "json_binary", "dotenv", "ini"]);
  for (const name of ["dotenv", "ini"]) storeOf(stores, name, []);
  const yaml = indentOf(stores, "yaml", 0);
  return {
    yaml: yaml === 0 ? undefined : yaml,
    json: indentOf(stores, "json", -1),
    jsonBinary: indentOf(stores, "json_binary", -1),
  };
}

function indentOf(stores: Fields, name: string, least: number): number | undefined {
  const store = storeOf(stores, name, ["indent"]);
  return store === undefined ? undefined : integerOf(store, "indent", least);
}

function storeOf(stores: Fields, name: string, known: readonly string[]): Fields | undefined {
  const value = stores.get(name);
  return value === undefined ? undefined : fieldsOf(value, `stores.${name}`, known);
}
