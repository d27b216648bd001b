import { tryFromUtf8 } from "../../core/base/bytes.ts";
import type { Host } from "../../core/ports/host.ts";

/** The settings of a profile or of an SSO session, by their names. */
export type Section = ReadonlyMap<string, string>;

/** What stands in the two files of the aws program. */
export interface ProfileFiles {
  /** Their paths, for messages. */
  readonly paths: readonly string[];
  profile(name: string): Section | undefined;
  session(name: string): Section | undefined;
}

/** Where the two files are; undefined where there is no home. */
export function profilePaths(host: Host): {
  readonly credentials: string | undefined;
  readonly config: string | undefined;
} {
  const home = host.homeDir() ?? "";
  const inHome = (name: string): string | undefined => (home === "" ? undefined : `${home}/.aws/${name}`);
  return {
    credentials: host.env("AWS_SHARED_CREDENTIALS_FILE") || inHome("credentials"),
    config: host.env("AWS_CONFIG_FILE") || inHome("config"),
  };
}

/** Reads them as far as it takes to say what is wrong in them; a setting of the credentials file wins. */
export async function readProfiles(host: Host): Promise<ProfileFiles> {
  const { credentials, config } = profilePaths(host);
  const [own, shared] = await Promise.all([sectionsIn(credentials, host), sectionsIn(config, host)]);
  return {
    paths: [config, credentials].filter((path) => path !== undefined),
    profile(name) {
      const parts = [shared.get(`profile ${name}`) ?? shared.get(name), own.get(name)];
      const found = parts.filter((part) => part !== undefined);
      return found.length === 0 ? undefined : new Map(found.flatMap((part) => [...part]));
    },
    session: (name) => shared.get(`sso-session ${name}`),
  };
}

async function sectionsIn(path: string | undefined, host: Host): Promise<ReadonlyMap<string, Section>> {
  const bytes = path === undefined ? null : await host.readFile(path);
  const text = bytes === null ? "" : (tryFromUtf8(bytes) ?? "");
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (header !== undefined) current = sectionOf(header, sections);
    const [, name = "", value = ""] = /^([^\s#;[=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== "") current?.set(name.toLowerCase(), value);
  }
  return sections;
}

/** `profile "a b"` is `profile a b`. */
function sectionOf(header: string, sections: Map<string, Map<string, string>>): Map<string, string> {
  const name = header
    .trim()
    .replace(/\s+/g, " ")
    .replace(/^((?:profile|sso-session) )?(["'])(.*)\2$/, "$1$3");
  const section = sections.get(name) ?? new Map<string, string>();
  sections.set(name, section);
  return section;
}
