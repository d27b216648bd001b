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
      const pause = pauseAfter(error, failures);
      if (pause === undefined) throw error;
      // Half of it by chance, so that many who were refused together do not come back together.
      await sleep(pause * (0.5 + Math.random() / 2), signal);
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

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pause = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await untilAborted(pause, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** The promise, or a rejection with the reason of `signal` where that comes first. What is waited for goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}
