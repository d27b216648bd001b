import { messageOf } from "../../core/base/realm.ts";
/** Why Microsoft Entra ID refused a login, for people. */
export interface EntraFailure {
  readonly reason: string;
  readonly hint: string;
}

const NEW_SECRET = "make a new one (az ad app credential reset) and set AZURE_CLIENT_SECRET";
const AGAIN = "run az login";

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const KNOWN: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  AADSTS7000215: [
    "the client secret is wrong",
    "set AZURE_CLIENT_SECRET to the secret's value, not to its id",
  ],
  AADSTS7000222: ["the client secret has expired", NEW_SECRET],
  AADSTS700016: ["the tenant has no such application", "check AZURE_CLIENT_ID and AZURE_TENANT_ID"],
  AADSTS90002: ["there is no such tenant", "check AZURE_TENANT_ID"],
  AADSTS900023: ["the tenant is neither an id nor a domain", "check AZURE_TENANT_ID"],
  AADSTS700024: [
    "the federated token is not valid now",
    "check this machine's clock, and that the token file is renewed",
  ],
  AADSTS700027: [
    "the certificate is unknown or has expired",
    "upload the certificate to the application, or renew it",
  ],
  AADSTS70021: [
    "no federated identity of the application matches",
    "check the issuer and subject of its federation",
  ],
  AADSTS50126: ["the user name or the password is wrong", "check AZURE_USERNAME and AZURE_PASSWORD"],
  AADSTS50173: ["the login has expired", AGAIN],
  AADSTS70043: ["the login has expired", AGAIN],
  AADSTS700082: ["the login has expired", AGAIN],
  AADSTS50076: ["a second factor is needed", AGAIN],
  AADSTS53003: ["a conditional access policy forbids it", "ask the administrator of the tenant"],
};

/** Null where the error names no code of Entra ID. */
export function entraFailure(error: unknown): EntraFailure | null {
  const text = messageOf(error);
  const [code] = /\bAADSTS\d+\b/.exec(text) ?? [];
  if (code === undefined) return null;
  const [reason, hint] = KNOWN[code] ?? [
    "see its code",
    "look the code up in the list of Entra ID error codes",
  ];
  return { reason: `${reason} (${code})`, hint };
}
