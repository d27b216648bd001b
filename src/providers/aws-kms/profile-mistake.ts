import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { pasted } from "../pasted.ts";
import { type ProfileFiles, readProfiles, type Section } from "./profile-file.ts";

/** Characters of a program's stderr that are shown. */
const MOST_WORDS = 500;

/**
 * Why a profile gives no credentials, where its files say it: the SDK goes on to the next source, and what is told at the
 * end is that the last one had none. `name` undefined: nobody has named one, and none need be there.
 */
export async function profileMistake(
  error: unknown,
  name: string | undefined,
  host: Host,
): Promise<SopsError | null> {
  const files = await readProfiles(host);
  return (
    (await inProfile(name ?? "default", [], files, host, name !== undefined)) ?? processFailure(error, name)
  );
}

async function inProfile(
  name: string,
  before: readonly string[],
  files: ProfileFiles,
  host: Host,
  wanted = true,
): Promise<SopsError | null> {
  const profile = files.profile(name);
  if (profile === undefined) return wanted ? missing(name, before, files) : null;
  return (
    inSession(name, profile, files) ??
    (await inToken(name, profile, host)) ??
    inSource(name, profile, before, files, host)
  );
}

function missing(name: string, before: readonly string[], { paths }: ProfileFiles): SopsError {
  const where = paths.length === 0 ? "the files of the aws program" : paths.join(" or ");
  const parent = before.at(-1);
  return mistake(
    parent === undefined
      ? `there is no AWS profile ${name} in ${where}`
      : `the AWS profile ${parent} has the source_profile ${name}, which is not in ${where}`,
    parent === undefined
      ? `correct the name (AWS_PROFILE), or set it up: aws configure --profile ${pasted(name, "PROFILE")}`
      : "correct source_profile",
  );
}

function inSession(name: string, profile: Section, files: ProfileFiles): SopsError | null {
  const session = profile.get("sso_session");
  if (session === undefined || files.session(session) !== undefined) return null;
  return mistake(
    `the AWS profile ${name} has the sso_session ${session}, which is not in ${files.paths[0] ?? "the config"}`,
    "correct sso_session, or set it up: aws configure sso-session",
  );
}

async function inToken(name: string, profile: Section, host: Host): Promise<SopsError | null> {
  const path = profile.get("web_identity_token_file");
  return path === undefined
    ? null
    : tokenMistake(path, `web_identity_token_file of the AWS profile ${name}`, host);
}

/** `what` names the file of a token. */
export async function tokenMistake(path: string, what: string, host: Host): Promise<SopsError | null> {
  try {
    if ((await host.readFile(path)) !== null) return null;
    return mistake(
      `the file of ${what} does not exist: ${path}`,
      "correct the path, or have the token written there",
    );
  } catch (cause) {
    if (!(cause instanceof SopsError)) throw cause;
    return mistake(
      `the file of ${what} cannot be read: ${cause.message}`,
      "check that you may read it",
      cause,
    );
  }
}

/** A profile may be its own source where it has a key of its own. */
async function inSource(
  name: string,
  profile: Section,
  before: readonly string[],
  files: ProfileFiles,
  host: Host,
): Promise<SopsError | null> {
  const source = profile.get("source_profile");
  if (source === undefined || !profile.has("role_arn")) return null;
  if (source === name && profile.has("aws_access_key_id")) return null;
  const way = [...before, name];
  if (!way.includes(source)) return inProfile(source, way, files, host);
  return mistake(
    `the source_profile of AWS profiles leads in a circle: ${[...way, source].join(", ")}`,
    "let the last one have credentials of its own",
  );
}

/** Node names the whole command in the first line, and then what it wrote to stderr. */
function processFailure(error: unknown, name = "default"): SopsError | null {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  const text = typeof message === "string" ? message : "";
  const hint = "run its credential_process yourself, and see what it says";
  if (text.startsWith("Command failed: ")) {
    const words = text
      .replace(/^.*\n?/, "")
      .replace(/\s+/g, " ")
      .trim();
    const said = words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}...` : words;
    return mistake(`credential_process of the AWS profile ${name} fails: ${said || "it says nothing"}`, hint);
  }
  const bad = /^Profile .{1,200} credential_process ((?:returned|did not return) [\w .]{1,60})$/.exec(
    text,
  )?.[1];
  return bad === undefined
    ? null
    : mistake(`credential_process of the AWS profile ${name} ${bad.replace(/\.$/, "")}`, hint);
}

const mistake = (message: string, hint: string, cause?: unknown): SopsError =>
  new SopsError("NOT_LOGGED_IN", message, { hint, cause });
