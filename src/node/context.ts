import type { Host } from "../core/host.ts";
import type { OpsContext } from "../ops/context.ts";
import { loadProviders } from "../providers/index.ts";
import { nodeHost } from "./host.ts";
import { nodeRuntime } from "./runtime.ts";

/** The world of the use cases in a Node process. */
export async function nodeContext(host: Host = nodeHost(), signal?: AbortSignal): Promise<OpsContext> {
  return { runtime: nodeRuntime, host, providers: await loadProviders(), signal };
}
