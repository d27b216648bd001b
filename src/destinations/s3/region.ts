import { tryFromUtf8 } from "../../core/base/bytes.ts";
import type { Host } from "../../core/ports/host.ts";

/** S3 knows every bucket there, and says where it really is. */
const DEFAULT_REGION = "us-east-1";

/** AWS_REGION, AWS_DEFAULT_REGION, the region of the profile. A text that is none could lead the login elsewhere. */
export async function regionOf(host: Host): Promise<string> {
  const named =
    host.env("AWS_REGION") || host.env("AWS_DEFAULT_REGION") || (await regionOfProfile(host)) || "";
  return isRegion(named) ? named : DEFAULT_REGION;
}

export function isRegion(text: string): boolean {
  return /^[a-z]{2,4}(?:-[a-z0-9]+){1,4}$/.test(text);
}

async function regionOfProfile(host: Host): Promise<string | undefined> {
  const home = host.homeDir();
  const path = host.env("AWS_CONFIG_FILE") || (home === undefined ? undefined : `${home}/.aws/config`);
  const bytes = path === undefined ? null : await host.readFile(path);
  const profile = host.env("AWS_PROFILE") || "default";
  const sections = (tryFromUtf8(bytes ?? new Uint8Array()) ?? "").split(/^\s*\[/m);
  const section = sections.find((text) => {
    const name = text.slice(0, text.indexOf("]")).trim();
    return name === profile || name.replace(/^profile\s+/, "") === profile;
  });
  return /^region\s*=\s*(\S+)/m.exec(section ?? "")?.[1];
}
