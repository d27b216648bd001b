import type { KeyRef } from "../../src/core/keys/key.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as awsKmsProvider } from "../../src/providers/aws-kms/index.ts";
import { describeWith } from "../support/parts.ts";
import { MOTO_CREDENTIALS, startMoto } from "../support/servers/moto.ts";
import { ACCOUNT, motoAdmin } from "../support/servers/moto-admin.ts";
import { stalledServer } from "../support/servers/stalled.ts";
import { conformance, type Setup } from "./conformance.ts";

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/612d5f0a-0000-45e6-aca6-a5b005693a48`;
const ALIAS = `arn:aws-us-gov:kms:us-gov-west-1:${ACCOUNT}:alias/team/app`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/sops`;

const configForms: Setup["configForms"] = {
  string: { entry: `${KEY}+${ROLE}`, keys: [{ arn: KEY, role: ROLE }] },
  "comma list": {
    entry: ` ${KEY} , ${ALIAS} + ${ROLE}`,
    keys: [{ arn: KEY }, { arn: ALIAS, role: ROLE }],
  },
  list: { entry: [KEY, ALIAS], keys: [{ arn: KEY }, { arn: ALIAS }] },
  object: {
    entry: { arn: KEY, role: ROLE, context: { team: "a:b" }, aws_profile: "work" },
    keys: [{ arn: KEY, role: ROLE, context: { team: "a:b" }, aws_profile: "work" }],
  },
};

const keyRef = (fields: KeyRef["fields"]): KeyRef => ({ type: "kms", fields });

async function setUp(): Promise<Setup> {
  const [moto, guarded] = await Promise.all([startMoto(), startMoto()]);
  const [admin, guard] = [motoAdmin(moto), motoAdmin(guarded)];
  const host = nodeHost({ env: moto.env });
  const ref = keyRef({ arn: await admin.createKey(), context: { app: "enc", stage: "test" } });
  const guardedRef = keyRef({ arn: await guard.createKey() });
  const enc = await awsKmsProvider.wrap(guardedRef, new Uint8Array(32), nodeHost({ env: guarded.env }));
  const user = await guard.createUser("reader", ["s3:GetObject"]);
  await guard.enforceIam();
  const reader = nodeHost({ env: { ...guarded.env, ...user } });
  return {
    provider: awsKmsProvider,
    host,
    ref,
    foreign: { without: "AWS tells of a key that is not ours by a refusal" },
    denied: [
      { what: "encrypt without kms:Encrypt", code: "KEY_DENIED", ref: guardedRef, host: reader },
      {
        what: "decrypt without kms:Decrypt",
        code: "KEY_DENIED",
        key: { ...guardedRef, enc },
        host: reader,
      },
      { what: "a key that does not exist", code: "KEY_NOT_FOUND", ref: keyRef({ arn: KEY }) },
      { what: "an alias that does not exist", code: "KEY_NOT_FOUND", ref: keyRef({ arn: ALIAS }) },
    ],
    configForms,
    stalled: async () => {
      const server = await stalledServer();
      return {
        ...server,
        host: nodeHost({ env: { ...MOTO_CREDENTIALS, AWS_ENDPOINT_URL: server.url } }),
      };
    },
    secrets: [MOTO_CREDENTIALS.AWS_SECRET_ACCESS_KEY, user["AWS_SECRET_ACCESS_KEY"] ?? ""],
    stop: async () => {
      await Promise.all([moto.stop(), guarded.stop()]);
    },
  };
}

describeWith(["moto_server"], "AWS KMS by moto", () => {
  conformance("kms", setUp);
});
