import { Buffer } from "node:buffer";
import { generateKeyPairSync, randomBytes, verify, type KeyObject } from "node:crypto";
import { answerJson, bodyOf, type Handler } from "./proxy.ts";

/** Who may call: access tokens, service accounts with a key of their own, and users who logged in. */
export interface FakeGoogleLogin {
  /** The access tokens that are accepted. */
  readonly tokens: Set<string>;
  /** Makes a service account; answers the JSON text of its key. */
  addServiceAccount(more?: Readonly<Record<string, string>>): string;
  /** Logs a user in, as `gcloud auth application-default login` does; answers the JSON text of that file. */
  addUser(more?: Readonly<Record<string, string>>): string;
  /** Is this `authorization` header one of ours? A signed JWT is, if its signature, audience or scope, and time are good. */
  accepts(authorization: string | undefined): boolean;
  /** oauth2.googleapis.com. */
  readonly handle: Handler;
}

export function fakeGoogleLogin(): FakeGoogleLogin {
  const tokens = new Set<string>();
  const accounts = new Map<string, KeyObject>();
  const refreshTokens = new Set<string>();
  const newToken = (): string => {
    const token = `ya29.${randomBytes(24).toString("base64url")}`;
    tokens.add(token);
    return token;
  };
  return {
    tokens,
    addServiceAccount(more = {}) {
      const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const email = `sa-${randomBytes(4).toString("hex")}@test-project.iam.gserviceaccount.com`;
      accounts.set(email, publicKey);
      return JSON.stringify({
        type: "service_account",
        project_id: "test-project",
        private_key_id: randomBytes(20).toString("hex"),
        private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
        client_email: email,
        client_id: "1",
        token_uri: "https://oauth2.googleapis.com/token",
        ...more,
      });
    },
    addUser(more = {}) {
      const refreshToken = `1//${randomBytes(24).toString("base64url")}`;
      refreshTokens.add(refreshToken);
      return JSON.stringify({
        type: "authorized_user",
        client_id: "1.apps.googleusercontent.com",
        client_secret: "d-test",
        refresh_token: refreshToken,
        ...more,
      });
    },
    accepts(authorization = "") {
      const token = /^Bearer (.+)$/.exec(authorization)?.[1] ?? "";
      return tokens.has(token) || isSignedByOneOf(accounts, token);
    },
    async handle(request, response, { faults }) {
      const form = new URLSearchParams((await bodyOf(request)).toString());
      const known =
        refreshTokens.has(form.get("refresh_token") ?? "") ||
        isSignedByOneOf(accounts, form.get("assertion") ?? "");
      if (known && !faults.has("expired"))
        answerJson(response, 200, { access_token: newToken(), expires_in: 3599, token_type: "Bearer" });
      else
        answerJson(response, 400, {
          error: "invalid_grant",
          error_description: "Token has been expired or revoked.",
        });
    },
  };
}

/** RFC 7523: RS256 by the account that `iss` names. */
function isSignedByOneOf(accounts: ReadonlyMap<string, KeyObject>, jwt: string): boolean {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  if (signature === "") return false;
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const key = accounts.get(String(claims["iss"]));
  if (key === undefined || Number(claims["exp"]) * 1000 < Date.now()) return false;
  const forUs =
    String(claims["aud"]).startsWith("https://cloudkms.") ||
    String(claims["aud"]) === "https://oauth2.googleapis.com/token" ||
    /cloud-platform|cloudkms/.test(String(claims["scope"]));
  return (
    forUs && verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))
  );
}
