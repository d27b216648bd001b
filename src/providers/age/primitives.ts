import type { Host } from "../../core/ports/host.ts";
import type { Primitives } from "../../core/ports/primitives.ts";

/** The platform's own where it has them; the pure JavaScript ones are loaded only where it has not. */
export async function primitivesOf(host: Pick<Host, "primitives">): Promise<Primitives> {
  if (host.primitives !== undefined) return host.primitives();
  const { noblePrimitives } = await import("./noble-primitives.ts");
  return noblePrimitives;
}
