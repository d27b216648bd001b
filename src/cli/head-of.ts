import type { OptionSpec } from "./options.ts";

/** `-a, --age <keys>` */
export function headOf({ short, long, value, on }: OptionSpec): string {
  const names = short === undefined ? `--${long}` : `-${short}, --${long}`;
  const shown = on === true ? "bool" : value;
  return shown === undefined ? names : `${names} <${shown}>`;
}
