import { resolve } from "node:path";
import { type AuditBackend, parseAudit } from "../../config/audit.ts";
import { fromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import type { Backend } from "./backend.ts";
import { fileBackend } from "./file.ts";
import { AUDIT_CONFIG, MORE_CONFIG } from "./names.ts";
import { postgresBackend } from "./postgres.ts";

/** The backends of the machine's config (null: it has none) and of the one that `more` names. Throws BAD_CONFIG. */
export async function openBackends(
  bytes: Uint8Array | null,
  more: string,
  host: Host,
): Promise<readonly Backend[]> {
  const ofMachine = bytes === null ? [] : await read(bytes, AUDIT_CONFIG);
  const added = more === "" ? [] : await readMore(resolve(more), host);
  return [...ofMachine, ...added].map((backend) =>
    backend.type === "file" ? fileBackend(backend.path) : postgresBackend(backend.connection, host),
  );
}

async function readMore(path: string, host: Host): Promise<readonly AuditBackend[]> {
  const bytes = await host.readFile(path);
  if (bytes !== null) return read(bytes, path);
  throw new SopsError("BAD_CONFIG", `the audit config that ${MORE_CONFIG} names does not exist`, {
    hint: `correct or unset ${MORE_CONFIG}`,
    place: { file: path },
  });
}

function read(bytes: Uint8Array, path: string): Promise<readonly AuditBackend[]> {
  return parseAudit(textOf(bytes, path), path);
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new SopsError("BAD_CONFIG", "the audit config is not valid UTF-8", {
      hint: "save it as UTF-8",
      place: { file },
    });
  }
}
