import { SopsError } from "../core/base/errors.ts";
import { badConfig, fieldsOf, itemsOf, textOf, type Fields } from "./fields.ts";
import { readSource, type Value } from "./source.ts";

/** Where uses of files are written down. */
export type AuditBackend =
  /** As the Go client of PostgreSQL reads it: a URL, or `name=value` pairs. Holds a password. */
  | { readonly type: "postgres"; readonly connection: string }
  /** One JSON text a line. The path is absolute. */
  | { readonly type: "file"; readonly path: string };

/**
 * Reads an audit config, SOPS' `backends.postgres` and besides it `backends.file`, which SOPS passes over. Throws
 * BAD_CONFIG with the place, for anything that is not understood: a misspelt backend would be one that is off.
 * No message shows a value: it may be a password.
 */
export async function parseAudit(text: string, file: string): Promise<readonly AuditBackend[]> {
  const top = fieldsIn(await valueOf(text, file), "the audit config", ["backends"], file);
  const backends = fieldsIn(top.get("backends"), "backends", ["postgres", "file"], file);
  return [
    ...itemsOf(backends, "postgres").map((item): AuditBackend => {
      const connection = required(
        fieldsOf(item, "a postgres backend", ["connection_string"]),
        "connection_string",
      );
      return { type: "postgres", connection };
    }),
    ...itemsOf(backends, "file").map((item): AuditBackend => {
      const fields = fieldsOf(item, "a file backend", ["path"]);
      return { type: "file", path: absolute(required(fields, "path"), fields) };
    }),
  ];
}

/** What the YAML parser says may quote the text. */
async function valueOf(text: string, file: string): Promise<Value | undefined> {
  try {
    return await readSource(text, file);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw badConfig("the audit config is not valid YAML", error.place ?? { file }, "correct it");
  }
}

function fieldsIn(value: Value | undefined, what: string, known: readonly string[], file: string): Fields {
  return value === undefined ? { place: { file }, get: () => undefined } : fieldsOf(value, what, known);
}

function required(fields: Fields, key: string): string {
  const text = textOf(fields, key) ?? "";
  if (text !== "") return text;
  throw badConfig(`${key} of an audit backend is missing`, fields.place, `write ${key}: and its text`);
}

/** One that depends on the working directory could be led anywhere. */
function absolute(path: string, { place }: Fields): string {
  if (/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return path;
  throw badConfig("the path of an audit file must be absolute", place, "write it from the root on");
}
