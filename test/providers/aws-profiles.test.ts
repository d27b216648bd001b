import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SopsError } from "../../src/core/base/errors.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as awsKmsProvider } from "../../src/providers/aws-kms/index.ts";

const ARN = "arn:aws:kms:eu-west-1:123456789012:key/612d5f0a-0000-45e6-aca6-a5b005693a48";
const ROLE = "role_arn = arn:aws:iam::123456789012:role/r";
/** Nothing is asked for where credentials are at hand: whoever gets so far is refused there. */
const NOWHERE = "http://127.0.0.1:1";

describe("what is wrong with the set-up of AWS is said", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "enc-aws-"));
    mkdirSync(join(home, ".aws"));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  /** Message and hint of what unwrapping with a key fails with. */
  async function failure(config: string, env: Record<string, string> = {}, fields = {}): Promise<string> {
    writeFileSync(join(home, ".aws/config"), config);
    const host = nodeHost({
      env: {
        HOME: home,
        PATH: process.env["PATH"],
        AWS_ENDPOINT_URL: NOWHERE,
        AWS_MAX_ATTEMPTS: "1",
        ...env,
      },
    });
    const key = { type: "kms", fields: { arn: ARN, ...fields }, enc: "AAAA" } as const;
    const error = (await awsKmsProvider.unwrap(key, host).catch((reason: unknown) => reason)) as SopsError;
    return `${error.code}: ${error.message} (${error.hint ?? ""})`;
  }

  test.each<[what: string, config: string, says: RegExp]>([
    ["a profile that is not there", "[default]\n", /there is no AWS profile me in .*config or .*credentials/],
    [
      "a source_profile that is not there",
      `[profile me]\n${ROLE}\nsource_profile = base\n`,
      /the AWS profile me has the source_profile base, which is not in/,
    ],
    [
      "a circle",
      `[profile me]\n${ROLE}\nsource_profile = b\n[profile b]\n${ROLE}\nsource_profile = me\n`,
      /leads in a circle: me, b, me/,
    ],
    ["itself as its source", `[profile me]\n${ROLE}\nsource_profile=me\n`, /leads in a circle: me, me/],
    [
      "a credential_process that fails",
      "[profile me]\ncredential_process = echo 'no ticket' >&2; echo '\u001b[31mc' >&2; exit 3\n",
      /credential_process of the AWS profile me fails: no ticket /,
    ],
    [
      "one that fails without a word",
      "[profile me]\ncredential_process = exit 3\n",
      /fails: it says nothing/,
    ],
    [
      "one that is not there",
      "[profile me]\ncredential_process = /nowhere/login\n",
      /profile me fails: .*\/nowhere\/login/,
    ],
    [
      "one that answers no JSON",
      "[profile me]\ncredential_process = echo c4n4ry\n",
      /credential_process of the AWS profile me returned invalid JSON \(/,
    ],
    [
      "an SSO session that nobody knows",
      "[profile me]\nsso_session = work\nsso_account_id = 1\nsso_role_name = r\n",
      /the AWS profile me has the sso_session work, which is not in .*config/,
    ],
    [
      "a token file that is not there",
      `[profile me]\n${ROLE}\nweb_identity_token_file = /nowhere/token\n`,
      /web_identity_token_file of the AWS profile me does not exist: \/nowhere\/token/,
    ],
  ])("%s", async (_, config, says) => {
    const ofEnvironment = await failure(config, { AWS_PROFILE: "me" });
    expect(ofEnvironment).toMatch(says);
    expect(ofEnvironment).toMatch(/^NOT_LOGGED_IN: /);
    expect(ofEnvironment).not.toContain("c4n4ry");
    expect(await failure(config, {}, { aws_profile: "me" })).toMatch(says);
  });

  test("a long stderr is cut short, and the command is not repeated", async () => {
    const long = "[profile me]\ncredential_process = head -c 9999 /dev/zero | tr '\\0' x >&2; exit 1\n";
    const said = await failure(long, { AWS_PROFILE: "me" });
    expect(said).toMatch(/fails: x{500}\.\.\. \(/);
    expect(said).not.toContain("/dev/zero");
  });

  test("the token file of the environment", async () => {
    const env = {
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/r",
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "t"),
    };
    expect(await failure("", env)).toMatch(/the file of AWS_WEB_IDENTITY_TOKEN_FILE does not exist: .*\/t/);
    mkdirSync(join(home, "t"));
    expect(await failure("", env)).toMatch(/AWS_WEB_IDENTITY_TOKEN_FILE cannot be read: .*EISDIR/);
    chmodSync(join(home, "t"), 0o700);
  });

  test("what is right is not complained of: a default that nobody named, quotes, a source with a key", async () => {
    const none = { AWS_EC2_METADATA_DISABLED: "true" };
    expect(await failure("", none)).toMatch(/no AWS credentials were found/);
    const keys = "aws_access_key_id = AKIA1\naws_secret_access_key = s\n";
    expect(await failure(`[profile "me"]\n${keys}`, { AWS_PROFILE: "me", ...none })).toMatch(
      /^UNREACHABLE: /,
    );
    const self = `[profile me]\n${ROLE}\nsource_profile = me\n${keys}`;
    expect(await failure(self, { AWS_PROFILE: "me", ...none })).toMatch(/^UNREACHABLE: /);
  });
});
