import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { SopsError } from "../core/base/errors.ts";
import type { Host } from "../core/ports/host.ts";
import { printable } from "../core/base/printable.ts";
import { codeOf } from "../core/base/realm.ts";
import { MOST_OF_A_SETTING, readWhole } from "./read-file.ts";

export interface NodeHostOptions {
  /** Default: the environment of this process, read at each call. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: a line on stderr. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** The world of a Node process, for key providers. */
export function nodeHost(options: NodeHostOptions = {}): Host {
  const environment = options.env ?? process.env;
  const host: Host = {
    platform: platformOf(process.platform),
    async primitives() {
      const { loadPrimitives } = await import("./primitives.ts");
      return loadPrimitives();
    },
    env: (name) => environment[name],
    homeDir: () => homeOf(options.env),
    hostName: hostname,
    readFile: readFileOrNull,
    async run(argv, runOptions) {
      const { runProgram } = await import("./run-program.ts");
      return runProgram(argv, runOptions, environment);
    },
    async converse(argv, signal) {
      const conversation = await import("./conversation.ts");
      return conversation.converse(argv, environment, signal);
    },
    fetch: (url, init) => fetch(url, init as RequestInit),
    async request(request) {
      const { httpRequest } = await import("./http-request.ts");
      return httpRequest(request);
    },
    filesUnder,
    async promptSecret(question, remember) {
      const agent = remember === undefined ? null : await import("./gpg-agent.ts");
      const known = await agent?.askAgent(remember ?? "", question, environment);
      if (typeof known === "string") return known;
      const prompt = await import("./prompt-secret.ts");
      return prompt.promptSecret(question);
    },
    async forgetSecret(name) {
      const agent = await import("./gpg-agent.ts");
      await agent.forgetInAgent(name, environment);
    },
    async trustedServers() {
      const trust = await import("./trusted-servers.ts");
      return trust.trustedServers(host);
    },
    async askToTrust(server, question) {
      const trust = await import("./trusted-servers.ts");
      return trust.askToTrust(host, server, question);
    },
    warn: options.warn ?? warnOnStderr,
  };
  return host;
}

function platformOf(name: NodeJS.Platform): Host["platform"] {
  return name === "linux" || name === "darwin" || name === "win32" ? name : "other";
}

/** An environment that was handed in also says where home is; the one of the process leaves that to the system. */
function homeOf(env: NodeHostOptions["env"]): string | undefined {
  if (env !== undefined) return env[process.platform === "win32" ? "USERPROFILE" : "HOME"];
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

async function readFileOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readWhole(path, MOST_OF_A_SETTING));
  } catch (cause) {
    return nullWhereMissing(cause, path, "file");
  }
}

async function filesUnder(folder: string): Promise<readonly string[] | null> {
  try {
    const paths = (await pathsUnder(folder)).sort();
    // `stat` and not the entry's own type: mounted certificates are often links to files, beside a link to a folder.
    const areFiles = await Promise.all(paths.map(async (path) => (await stat(path)).isFile()));
    return paths.filter((_, i) => areFiles[i]);
  } catch (cause) {
    return nullWhereMissing(cause, folder, "folder");
  }
}

/**
 * What is in a folder and below, folders left out. It does not walk into links to folders, which can go in circles;
 * whether readdir's own walk does depends on the version of Node.
 */
async function pathsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isFolder = (entry: Dirent): boolean => entry.isDirectory();
  const inFolder = (entry: Dirent): string => join(folder, entry.name);
  const below = await Promise.all(entries.filter(isFolder).map((entry) => pathsUnder(inFolder(entry))));
  return [...entries.filter((entry) => !isFolder(entry)).map(inFolder), ...below.flat()];
}

/** Throws CANNOT_READ for any other reason. */
function nullWhereMissing(cause: unknown, path: string, what: string): null {
  const code = codeOf(cause) ?? "unknown error";
  if (code === "ENOENT" || (code === "ENOTDIR" && what === "file")) return null;
  throw new SopsError("CANNOT_READ", `cannot read ${path} (${code})`, {
    hint: `check that it is a ${what} and that you may read it`,
    place: { file: path },
    cause,
  });
}

function warnOnStderr(message: string): void {
  process.stderr.write(`enc: ${printable(message)}\n`);
}
