import type { Host } from "../../core/host.ts";

/**
 * The identity file that SOPS reads without being told (spec section 12, source 7): `sops/age/keys.txt` in the user's
 * configuration directory. Answers a note where the platform does not say where that is.
 */
export function defaultKeyFile(
  host: Pick<Host, "env" | "homeDir" | "platform">,
): string | { readonly note: string } {
  const directory = configDirectory(host);
  if (typeof directory !== "string") return directory;
  const separator = host.platform === "win32" ? "\\" : "/";
  return [directory.replace(/[\\/]$/, ""), "sops", "age", "keys.txt"].join(separator);
}

/** The two SSH keys that SOPS reads without being told (spec section 12, source 3), or why there are none. */
export function defaultSshKeyFiles(
  host: Pick<Host, "homeDir" | "platform">,
): readonly (string | { readonly note: string })[] {
  const home = nonEmpty(host.homeDir());
  if (home === undefined) return [{ note: "there is no home directory" }];
  const separator = host.platform === "win32" ? "\\" : "/";
  return ["id_ed25519", "id_rsa"].map((name) => [home, ".ssh", name].join(separator));
}

function configDirectory(
  host: Pick<Host, "env" | "homeDir" | "platform">,
): string | { readonly note: string } {
  if (host.platform === "win32") return nonEmpty(host.env("AppData")) ?? { note: "%AppData% is not set" };
  const xdg = nonEmpty(host.env("XDG_CONFIG_HOME"));
  // Only outside macOS does SOPS insist on an absolute path.
  if (xdg !== undefined && !xdg.startsWith("/") && host.platform !== "darwin")
    return { note: "XDG_CONFIG_HOME is not an absolute path" };
  if (xdg !== undefined) return xdg;
  const home = nonEmpty(host.homeDir());
  if (home === undefined) return { note: "there is no home directory" };
  return host.platform === "darwin" ? `${home}/Library/Application Support` : `${home}/.config`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
