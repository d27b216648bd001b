import {
  constants,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import type { Http2ServerRequest } from "node:http2";
import { answerJson, bodyOf, type CloudWorld, type Handler, type Route } from "./proxy.ts";

/** A key of the fake vault; a test may change it. */
interface FakeKey {
  enabled: boolean;
  /** Versions, the oldest first; the last one is the newest. */
  readonly versions: { readonly version: string; readonly privateKey: KeyObject }[];
  /** What its `key_ops` allow. */
  operations: string[];
}

export interface FakeAzure {
  readonly routes: readonly Route[];
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
  /** By `HOST/NAME`. */
  readonly keys: Map<string, FakeKey>;
  /** Every token that was given out: none of them may ever be shown. */
  readonly tokens: string[];
  addKey(host: string, name: string): FakeKey;
  rotate(key: FakeKey): string;
}

/** Clouds of Azure: where one logs in, and what the names of its vaults end in. */
const CLOUDS = [
  { login: "login.microsoftonline.com", vault: "vault.azure.net" },
  { login: "login.microsoftonline.us", vault: "vault.usgovcloudapi.net" },
  { login: "login.chinacloudapi.cn", vault: "vault.azure.cn" },
  // The name by which Microsoft's library calls the login server of China.
  { login: "login.partner.microsoftonline.cn", vault: null },
] as const;

/** Login servers and vaults, as far as a client with a secret needs them. */
export function fakeAzure(secret = `secret-${randomBytes(12).toString("hex")}`): FakeAzure {
  const keys = new Map<string, FakeKey>();
  const azure = {
    tenant: "11111111-2222-3333-4444-555555555555",
    client: "66666666-7777-8888-9999-000000000000",
    secret,
    keys,
    tokens: [] as string[],
    addKey(host: string, name: string): FakeKey {
      const key: FakeKey = { enabled: true, versions: [], operations: ["encrypt", "decrypt"] };
      keys.set(`${host}/${name}`, key);
      azure.rotate(key);
      return key;
    },
    rotate(key: FakeKey): string {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const version = randomBytes(16).toString("hex");
      key.versions.push({ version, privateKey });
      return version;
    },
  };
  const routes = CLOUDS.flatMap(({ login, vault }): Route[] => [
    { host: login, handle: loginServer(login, azure) },
    ...(vault === null
      ? []
      : [
          {
            host: new RegExp(`\\.${vault.replaceAll(".", "\\.")}$`),
            handle: vaultServer(login, vault, azure),
          },
        ]),
  ]);
  return { ...azure, routes };
}

type State = Omit<FakeAzure, "routes">;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ok = (body: unknown): Answer => ({ status: 200, body });

/** Instance discovery, OpenID configuration, and the token endpoint of the v2.0 protocol. */
function loginServer(login: string, azure: State): Handler {
  const base = `https://${login}/${azure.tenant}`;
  return async (request, response, world) => {
    const { status, body } = await loginAnswer(request, base, azure, world);
    answerJson(response, status, body);
  };
}

async function loginAnswer(
  request: Http2ServerRequest,
  base: string,
  azure: State,
  world: CloudWorld,
): Promise<Answer> {
  const { pathname } = new URL(request.url, base);
  if (pathname === "/common/discovery/instance") return ok(discovery(base));
  if (pathname.endsWith("/v2.0/.well-known/openid-configuration")) return ok(openIdConfiguration(base));
  if (pathname === `/${azure.tenant}/oauth2/v2.0/token`)
    return token(new URLSearchParams((await bodyOf(request)).toString()), azure, world);
  return refusal("invalid_tenant", "AADSTS90002: Tenant not found.");
}

function discovery(base: string): unknown {
  return {
    tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: CLOUDS.map(({ login }) => ({
      preferred_network: login,
      preferred_cache: login,
      aliases: [login],
    })),
  };
}

function openIdConfiguration(base: string): unknown {
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
}

/** A token holds its scope, so that the vault can tell for whom it was made. */
function token(form: URLSearchParams, azure: State, world: CloudWorld): Answer {
  if (world.faults.has("expired"))
    return refusal("invalid_client", "AADSTS7000222: The provided client secret keys are expired.");
  if (form.get("client_id") !== azure.client)
    return refusal("unauthorized_client", "AADSTS700016: Application was not found in the directory.");
  if (form.get("client_secret") !== azure.secret)
    return refusal("invalid_client", "AADSTS7000215: Invalid client secret provided.");
  const scope = Buffer.from(form.get("scope") ?? "").toString("base64url");
  const made = `token.${scope}.${randomBytes(16).toString("hex")}`;
  azure.tokens.push(made);
  return ok({ token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: made });
}

const refusal = (error: string, description: string): Answer => ({
  status: 400,
  body: { error, error_description: description, error_codes: [Number(/\d+/.exec(description)?.[0])] },
});

/** `/keys/NAME[/VERSION][/encrypt|/decrypt]` of a vault; without a token, the challenge. */
function vaultServer(login: string, vault: string, azure: State): Handler {
  const resource = `https://${vault}`;
  const challenge = `Bearer authorization="https://${login}/${azure.tenant}", resource="${resource}"`;
  return async (request, response, world) => {
    const body = await bodyOf(request);
    const { status, ...answer } =
      refusedBy(world, request.headers.authorization, `${resource}/.default`, challenge, azure) ??
      keyAnswer(request, body, azure);
    answerJson(response, status, answer.body, answer.headers);
  };
}

function refusedBy(
  { faults }: CloudWorld,
  authorization: string | undefined,
  scope: string,
  challenge: string,
  azure: State,
): Answer | null {
  const [, made = ""] = /^Bearer (.+)$/.exec(authorization ?? "") ?? [];
  const scopes = Buffer.from(made.split(".")[1] ?? "", "base64url")
    .toString()
    .split(" ");
  if (!azure.tokens.includes(made) || !scopes.includes(scope))
    return { ...wrong(401, "Unauthorized", "no bearer token"), headers: { "www-authenticate": challenge } };
  if (faults.has("denied")) return wrong(403, "Forbidden", "Caller is not authorized", "ForbiddenByRbac");
  if (faults.delete("throttled"))
    return { ...wrong(429, "Throttled", "Too many requests"), headers: { "retry-after": "1" } };
  if (faults.has("throttled always"))
    return { ...wrong(429, "Throttled", "Too many requests"), headers: { "retry-after-ms": "10" } };
  return null;
}

function keyAnswer(request: Http2ServerRequest, body: Buffer, azure: State): Answer {
  const host = (request.headers[":authority"] ?? request.headers.host ?? "").replace(/:443$/, "");
  const { pathname } = new URL(request.url, `https://${host}`);
  const [, name = "", version = "", operation] =
    /^\/keys\/([^/]+)(?:\/([^/]*?))?(?:\/(encrypt|decrypt))?\/?$/.exec(pathname) ?? [];
  const key = azure.keys.get(`${host}/${name}`);
  const found = key?.versions.findLast((each) => version === "" || each.version === version);
  if (key === undefined || found === undefined) return wrong(404, "KeyNotFound", `no key ${name}`);
  const kid = `https://${host}/keys/${name}/${found.version}`;
  if (operation === undefined) return ok(bundle(key, kid, found.privateKey));
  if (!key.enabled) return wrong(403, "Forbidden", "not allowed on a disabled key", "KeyDisabled");
  if (!key.operations.includes(operation))
    return wrong(403, "Forbidden", "not permitted on this key", "KeyOperationForbidden");
  const value = rsa(operation, found.privateKey, JSON.parse(body.toString()) as Record<string, string>);
  return value === null
    ? wrong(400, "BadParameter", "The parameter is incorrect.")
    : ok({ kid, value: value.toString("base64url") });
}

function rsa(operation: string, key: KeyObject, { alg, value = "" }: Record<string, string>): Buffer | null {
  if (alg !== "RSA-OAEP-256") return null;
  const padding = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  const bytes = Buffer.from(value, "base64url");
  try {
    return operation === "encrypt" ? publicEncrypt(padding, bytes) : privateDecrypt(padding, bytes);
  } catch {
    return null;
  }
}

function bundle(key: FakeKey, kid: string, privateKey: KeyObject): unknown {
  const { n, e } = privateKey.export({ format: "jwk" });
  return {
    key: { kid, kty: "RSA", key_ops: key.operations, n, e },
    attributes: { enabled: key.enabled, created: 1700000000, updated: 1700000000 },
  };
}

const wrong = (status: number, code: string, message: string, inner?: string): Answer => ({
  status,
  body: { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
});
