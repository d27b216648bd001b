import { pause } from "../network.ts";
import { failureOf } from "./failure.ts";

/** Milliseconds before the second, third and fourth attempt, where the quota is used up: it is counted by the minute. */
const THROTTLED = [400, 1200, 3600];
/** The same for a service that is away for a moment. One that cannot be reached is not worth the wait. */
const UNAVAILABLE = [200, 600];

/** Attempts again what the service asks to try later. Throws the last failure, or the reason of `signal`. */
export async function withBackOff<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const time = pauseAfter(error, failures);
      if (time === undefined) throw error;
      // Half of it by chance, so that many who were refused together do not come back together.
      await pause(time * (0.5 + Math.random() / 2), signal);
    }
  }
}

function pauseAfter(error: unknown, failures: number): number | undefined {
  const { status, text } = failureOf(error);
  if (status === "RESOURCE_EXHAUSTED") return THROTTLED[failures];
  // What grpc-js says of itself, not the service.
  const isLocal = text.includes("No connection established") || text.includes("Name resolution failed");
  return status === "UNAVAILABLE" && !isLocal ? UNAVAILABLE[failures] : undefined;
}
