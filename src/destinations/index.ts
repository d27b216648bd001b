import type { Destination, Target } from "../core/ports/destination.ts";
import type { Host } from "../core/ports/host.ts";

/** Opens the destination that a config names; a new kind is one line here and one file beside. Throws BAD_CONFIG. */
export async function openTarget(
  destination: Destination,
  host: Host,
  signal: AbortSignal | undefined,
): Promise<Target> {
  switch (destination.type) {
    case "s3":
      return (await import("./s3.ts")).s3Target(destination, host, signal);
    case "gcs":
      return (await import("./gcs.ts")).gcsTarget(destination, host, signal);
    case "vault":
      return (await import("./vault.ts")).vaultTarget(destination, host, signal);
  }
}
