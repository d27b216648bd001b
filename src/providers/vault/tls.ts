import { tryFromUtf8 } from "../../core/base/bytes.ts";
import type { Host, TlsSettings } from "../../core/ports/host.ts";
import { badVariable, booleanVariable, textVariable } from "./variables.ts";

/**
 * The TLS variables of HashiCorp's client. VAULT_CACERT wins over VAULT_CACERT_BYTES, that over VAULT_CAPATH; each of
 * them replaces the platform's authorities. Throws BAD_CONFIG for what cannot be meant, CANNOT_READ from the host.
 */
export async function tlsSettings(host: Host): Promise<TlsSettings> {
  const ca = await authorities(host);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(await clientCertificate(host)),
    serverName: textVariable("VAULT_TLS_SERVER_NAME", host),
    verify: !booleanVariable("VAULT_SKIP_VERIFY", host),
  };
}

async function authorities(host: Host): Promise<readonly string[] | undefined> {
  const file = textVariable("VAULT_CACERT", host);
  if (file !== undefined) return [await certificatesIn("VAULT_CACERT", file, host)];
  const text = textVariable("VAULT_CACERT_BYTES", host);
  if (text !== undefined) return [certificates("VAULT_CACERT_BYTES", text, "its text")];
  const folder = textVariable("VAULT_CAPATH", host);
  if (folder === undefined) return undefined;
  const paths = await host.filesUnder?.(folder);
  if (paths === undefined || paths === null)
    throw badVariable("VAULT_CAPATH", `names a folder that is not there: ${folder}`, "correct or unset it");
  return Promise.all(paths.map((path) => certificatesIn("VAULT_CAPATH", path, host)));
}

async function certificatesIn(variable: string, path: string, host: Host): Promise<string> {
  return certificates(variable, await pemText(variable, path, host), path);
}

function certificates(variable: string, pem: string, where: string): string {
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw badVariable(variable, `names no certificate: ${where} has none`, "give it a PEM file of the CA");
}

/** Both or neither: half of a pair would go to the server as no certificate at all. */
async function clientCertificate(host: Host): Promise<{ cert?: string; key?: string }> {
  const [cert, key] = [textVariable("VAULT_CLIENT_CERT", host), textVariable("VAULT_CLIENT_KEY", host)];
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined)
    throw badVariable("VAULT_CLIENT_CERT", "is missing beside VAULT_CLIENT_KEY", "set both");
  if (key === undefined)
    throw badVariable("VAULT_CLIENT_KEY", "is missing beside VAULT_CLIENT_CERT", "set both");
  return {
    cert: await pemText("VAULT_CLIENT_CERT", cert, host),
    key: await pemText("VAULT_CLIENT_KEY", key, host),
  };
}

async function pemText(variable: string, path: string, host: Host): Promise<string> {
  const content = await host.readFile(path);
  if (content === null)
    throw badVariable(variable, `names a file that is not there: ${path}`, "correct or unset it");
  const text = tryFromUtf8(content);
  if (text?.includes("-----BEGIN ") === true) return text;
  throw badVariable(variable, `names a file that is not PEM: ${path}`, "give it a PEM file");
}
