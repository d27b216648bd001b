import { SopsError } from "./errors.ts";
import { isError } from "./realm.ts";

/** What is not ours may hold anything: only its kind is told. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof SopsError))
    return `failed unexpectedly (${isError(error) ? error.name : typeof error})`;
  return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
}
