import { configFile } from "../../core/ports/config-directory.ts";
import type { Host } from "../../core/ports/host.ts";

/**
 * The identity file that SOPS reads without being told (format.md 12, source 7): `sops/age/keys.txt` in the user's
 * configuration directory. Answers a note where the platform does not say where that is.
 */
export function defaultKeyFile(
  host: Pick<Host, "env" | "homeDir" | "platform">,
): string | { readonly note: string } {
  return configFile(host, "sops", "age", "keys.txt");
}

/** The two SSH keys that SOPS reads without being told (format.md 12, source 3), or why there are none. */
export function defaultSshKeyFiles(
  host: Pick<Host, "homeDir" | "platform">,
): readonly (string | { readonly note: string })[] {
  const home = host.homeDir() ?? "";
  if (home === "") return [{ note: "there is no home directory" }];
  const separator = host.platform === "win32" ? "\\" : "/";
  return ["id_ed25519", "id_rsa"].map((name) => [home, ".ssh", name].join(separator));
}
