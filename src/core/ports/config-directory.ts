import type { Host } from "./host.ts";

type World = Pick<Host, "env" | "homeDir" | "platform">;

/** Where a user's settings stand, by SOPS' rules (format.md 12, source 7), or a note why the platform does not say. */
function configDirectory(host: World): string | { readonly note: string } {
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

/** A file in it: `sops`, `age`, `keys.txt`. */
export function configFile(host: World, ...names: readonly string[]): string | { readonly note: string } {
  const directory = configDirectory(host);
  if (typeof directory !== "string") return directory;
  const separator = host.platform === "win32" ? "\\" : "/";
  return [directory.replace(/[\\/]$/, ""), ...names].join(separator);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
