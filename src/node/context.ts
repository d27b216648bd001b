import type { Host } from "../core/ports/host.ts";
import type { OpsContext } from "../ops/context.ts";
import { auditOf } from "./audit/index.ts";
import { nodeProviders } from "../providers/index.ts";
import { nodeHost } from "./host.ts";
import { type KeyServiceSettings, keyServicesOf } from "./keyservice/index.ts";
import { nodeRuntime } from "./runtime.ts";

/**
 * The world of the use cases in a Node process. `keyServices` undefined: none, every key is used here.
 * `file`: what the audit names, an absolute path; stdin is, as for SOPS, the working directory.
 */
export function nodeContext(
  host: Host = nodeHost(),
  signal?: AbortSignal,
  keyServices?: KeyServiceSettings,
  file = process.cwd(),
): OpsContext {
  const warn = (message: string): void => {
    host.warn(message);
  };
  return {
    runtime: nodeRuntime,
    host,
    providers: nodeProviders(),
    services: keyServicesOf(keyServices?.uris ?? [], warn),
    local: keyServices?.local,
    signal,
    audit: auditOf(host, file),
  };
}

/** The same world for another file: `path` is absolute. */
export function forFile(ctx: OpsContext, path: string): OpsContext {
  return { ...ctx, audit: auditOf(ctx.host, path) };
}
