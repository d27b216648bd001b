import { newAuthority } from "../cloud/certificates.ts";
import { forwardProxy } from "../servers/forward-proxy.ts";
import { type KmsAnswer, type KmsErrorServer, kmsErrorServer } from "../servers/kms-errors.ts";
import { tlsFront } from "../servers/tls-front.ts";
import { type Drill, stopAll } from "./drill.ts";

const WHO = "arn:aws:iam::123456789012:user/me";

/** What KMS says, by the variable that holds the address of the server that says it. */
const ANSWERS: Readonly<Record<string, KmsAnswer>> = {
  KMS: { status: 200, body: { CiphertextBlob: "AAECAw==" } },
  KMSDENIED: {
    status: 400,
    type: "AccessDeniedException",
    message: `User: ${WHO} is not authorized to perform: kms:Decrypt on resource`,
  },
  KMSMISSING: { status: 400, type: "NotFoundException", message: "Key does not exist" },
  KMSDISABLED: { status: 400, type: "DisabledException", message: "is disabled" },
  KMSDELETED: { status: 400, type: "KMSInvalidStateException", message: "is pending deletion." },
  KMSEXPIRED: {
    status: 400,
    type: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  },
  KMSTHROTTLED: { status: 400, type: "ThrottlingException", message: "Rate exceeded" },
  KMSBROKEN: { status: 500, type: "KMSInternalException" },
};

export async function awsDrill(): Promise<Drill> {
  const servers = await Promise.all(Object.entries(ANSWERS).map(serverThatSays));
  const behind = await kmsErrorServer();
  const { cert, key } = newAuthority("a CA that nobody trusts").issue("127.0.0.1");
  const tls = await tlsFront(Number(new URL(behind.url).port), { cert, key });
  const proxy = await forwardProxy("user:c4n4ry");
  return {
    variables: {
      ...Object.fromEntries(servers.map(({ name, server }) => [name, server.url])),
      KMSTLS: tls.url,
      KMSPROXY: proxy.url,
    },
    trust: [],
    stop: stopAll(...servers.map(({ server }) => server), behind, tls, proxy),
  };
}

async function serverThatSays([name, answer]: [string, KmsAnswer]): Promise<{
  readonly name: string;
  readonly server: KmsErrorServer;
}> {
  const server = await kmsErrorServer();
  server.answer(answer);
  return { name, server };
}
