import { SopsError } from "../core/base/errors.ts";
import type { Host } from "../core/ports/host.ts";

export interface PortableHostOptions {
  /** age identities (`AGE-SECRET-KEY-1...`), one or more to a text. Nothing else is looked up. */
  readonly identities?: readonly string[] | undefined;
  readonly warn?: ((message: string) => void) | undefined;
}

/** A host that asks nothing of the world: for browsers, workers, and library calls that bring their own keys. */
export function portableHost(options: PortableHostOptions = {}): Host {
  const keys = options.identities?.join("\n");
  const refuse = (what: string): SopsError =>
    new SopsError("UNSUPPORTED", `${what} is not available here`, { hint: "use sops-ts/node" });
  return {
    platform: "other",
    env: (name) => (name === "SOPS_AGE_KEY" ? keys : undefined),
    homeDir: () => undefined,
    readFile: () => Promise.resolve(null),
    run: () => Promise.reject(refuse("running a program")),
    fetch: () => Promise.reject(refuse("the network")),
    promptSecret: () => Promise.resolve(null),
    warn: options.warn ?? (() => undefined),
  };
}
