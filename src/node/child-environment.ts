/** The environment of a new process; null-like entries are left out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Secrets that are in the environment for enc itself, by who reads them there. What enc starts to do something for it (an
 * editor, gpg, mkfifo, a plugin) reads none of them, and often starts others in turn; so it gets none. What the user has
 * enc start for its own sake gets all: the command of exec-env and exec-file, as with sops, and SOPS_AGE_KEY_CMD, which may
 * fetch the key from a vault or a cloud.
 */
const SECRETS: Readonly<Record<Family, readonly string[]>> = {
  // The key itself, and commands that may have it written in them; to run them is ours.
  age: ["SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"],
  // Whoever has the token can ask the server for all that it may open; headers may hold another one.
  vault: ["VAULT_TOKEN", "BAO_TOKEN", "VAULT_HEADERS"],
  aws: [
    "AWS_SECRET_ACCESS_KEY",
    // Its older name, which some SDKs still read.
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    // Of ECS and EKS: whoever has it gets the credentials of the task.
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  ],
  azure: [
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_PASSWORD",
    // Of App Service and Functions: whoever has it gets tokens of the managed identity.
    "IDENTITY_HEADER",
    "MSI_SECRET",
  ],
  // The first may be the whole key file and not its name.
  google: ["GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
  huawei: ["HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"],
};

type Family = "age" | "vault" | "aws" | "azure" | "google" | "huawei";

/** Some age plugins keep their keys in a cloud or a vault, and say so in their name: these get what they log in with. */
const PLUGINS_OF: Readonly<Partial<Record<Family, RegExp>>> = {
  vault: /vault|bao|hcv/,
  aws: /aws|kms/,
  azure: /azure|akv/,
  google: /gcp|google|kms/,
  huawei: /huawei|hckms/,
};

/** For programs of which the table does not know what they read: names of variables, separated by commas. */
const EXCEPTIONS = "SOPS_TS_CHILD_ENV";

/** The environment of a helper, without the secrets that it does not read. `program`: its name; plugins tell by it what they are. */
export function childEnvironment(environment: Environment, program = ""): Environment {
  const kept = new Set((environment[EXCEPTIONS] ?? "").split(",").map((name) => name.trim()));
  const withheld = new Set(families(program).flatMap((family) => SECRETS[family]));
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !withheld.has(spelling(name)) || kept.has(name)),
  );
}

/** Windows knows `Path` and `PATH` as one name. */
const spelling = (name: string): string => (process.platform === "win32" ? name.toUpperCase() : name);

/** Those whose secrets the program does not get. */
function families(program: string): readonly Family[] {
  const plugin = /age-plugin-([^/\\]+)$/.exec(program)?.[1]?.toLowerCase();
  return (Object.keys(SECRETS) as Family[]).filter(
    (family) => plugin === undefined || PLUGINS_OF[family]?.test(plugin) !== true,
  );
}
