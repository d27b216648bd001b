import { requirePart } from "../parts.ts";
import { type RunningServer, startServer } from "./process.ts";

/** Keys that moto takes for anybody's; they open nothing. */
export const MOTO_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
} as const;

export interface Moto extends RunningServer {
  /** What an AWS client needs in its environment to come here and nowhere else. */
  readonly env: Readonly<Record<string, string>>;
}

/** AWS KMS, STS, IAM and S3 by moto. `variables` are its own, such as INITIAL_NO_AUTH_ACTION_COUNT. */
export async function startMoto(variables: Readonly<Record<string, string>> = {}): Promise<Moto> {
  const server = await startServer({
    program: requirePart("moto_server"),
    args: (port) => ["-H", "127.0.0.1", "-p", String(port)],
    env: { PYTHONDONTWRITEBYTECODE: "1", ...variables },
    ready: "/moto-api/data.json",
  });
  const env = {
    ...MOTO_CREDENTIALS,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return { ...server, env };
}
