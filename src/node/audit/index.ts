import type { Host } from "../../core/ports/host.ts";
import type { Audit } from "../../ops/context.ts";
import type { Backend } from "./backend.ts";
import { AUDIT_CONFIG, MORE_CONFIG } from "./names.ts";

/** Per host: the configs are read once, and a database is connected to once. */
const known = new WeakMap<Host, Promise<readonly Backend[]>>();

/** The audit of one file, an absolute path. Nothing is read before the first event. */
export function auditOf(host: Host, file: string): Audit {
  return async (action) => {
    const reading = known.get(host) ?? backendsOf(host);
    known.set(host, reading);
    const backends = await reading;
    if (backends.length === 0) return;
    const { userName } = await import("./user-name.ts");
    const event = { action, username: userName(), file, time: new Date() };
    for (const backend of backends) await backend.record(event);
  };
}

/** Most machines have neither: then nothing of the audit is loaded. */
async function backendsOf(host: Host): Promise<readonly Backend[]> {
  const more = host.env(MORE_CONFIG) ?? "";
  const bytes = await host.readFile(AUDIT_CONFIG);
  if (bytes === null && more === "") return [];
  const { openBackends } = await import("./open.ts");
  return openBackends(bytes, more, host);
}
