import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { type Moto, MOTO_CREDENTIALS } from "./moto.ts";

/** What the owner of the account does before a test. */
export interface MotoAdmin {
  /** The ARN of a new key; its alias too, where it is to have one (`alias/name`). */
  createKey(region?: string, alias?: string): Promise<string>;
  /** A user who may do nothing but `actions`, by the variables of the environment that log in. */
  createUser(name: string, actions: readonly string[]): Promise<Record<string, string>>;
  /** From now on moto asks IAM about every call; before, anybody may do everything. */
  enforceIam(): Promise<void>;
}

export const ACCOUNT = "123456789012";

export function motoAdmin(moto: Moto): MotoAdmin {
  return {
    async createKey(region = "us-east-1", alias) {
      const client = kms(moto, region);
      const { KeyMetadata: key } = await client.send(new CreateKeyCommand({}));
      if (alias !== undefined)
        await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key?.KeyId }));
      return key?.Arn ?? "";
    },
    async createUser(name, actions) {
      const statement = { Effect: "Allow", Action: actions, Resource: "*" };
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      await iam(moto, { Action: "CreateUser", UserName: name });
      await iam(moto, {
        Action: "PutUserPolicy",
        UserName: name,
        PolicyName: "p",
        PolicyDocument: policy,
      });
      const answer = await iam(moto, { Action: "CreateAccessKey", UserName: name });
      const text = (tag: string): string => new RegExp(`<${tag}>([^<]+)<`).exec(answer)?.[1] ?? "";
      return { AWS_ACCESS_KEY_ID: text("AccessKeyId"), AWS_SECRET_ACCESS_KEY: text("SecretAccessKey") };
    },
    async enforceIam() {
      await expectOk(await fetch(`${moto.url}/moto-api/reset-auth`, { method: "POST", body: "0" }));
    },
  };
}

function kms(moto: Moto, region: string): KMSClient {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = MOTO_CREDENTIALS;
  return new KMSClient({ region, endpoint: moto.url, credentials: { accessKeyId, secretAccessKey } });
}

/** IAM's query API. moto reads the service from the credential scope and checks no signature while IAM is not enforced. */
async function iam(moto: Moto, fields: Readonly<Record<string, string>>): Promise<string> {
  const scope = `Credential=${MOTO_CREDENTIALS.AWS_ACCESS_KEY_ID}/20260101/us-east-1/iam/aws4_request`;
  const response = await fetch(moto.url, {
    method: "POST",
    headers: {
      Authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ Version: "2010-05-08", ...fields }).toString(),
  });
  return expectOk(response);
}

async function expectOk(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`moto: ${String(response.status)} ${text}`);
  return text;
}
