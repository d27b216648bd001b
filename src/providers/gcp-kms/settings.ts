import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

/** Where Cloud KMS is called, and how. */
export interface GcpSettings {
  readonly transport: "grpc" | "rest";
  readonly host: string;
  readonly port: number;
  /** The realm of names that the credentials must belong to; undefined where the user named the endpoint itself. */
  readonly universe: string | undefined;
  /** The project that is billed, where it is neither that of the key nor the one that the login names. */
  readonly quotaProject: string | undefined;
}

export const DEFAULT_UNIVERSE = "googleapis.com";

/**
 * From SOPS_GCP_KMS_CLIENT_TYPE, SOPS_GCP_KMS_ENDPOINT (wins) and SOPS_GCP_KMS_UNIVERSE_DOMAIN (format.md 11).
 * Throws BAD_CONFIG for a value that cannot be meant.
 */
export function gcpSettings(host: Host): GcpSettings {
  const transport = transportOf(host.env("SOPS_GCP_KMS_CLIENT_TYPE") ?? "");
  const endpoint = (host.env("SOPS_GCP_KMS_ENDPOINT") ?? "").trim();
  const quotaProject = host.env("GOOGLE_CLOUD_QUOTA_PROJECT") || undefined;
  if (endpoint !== "") {
    const address = addressOf(endpoint);
    return { transport: transportTo(address.host, transport), ...address, universe: undefined, quotaProject };
  }
  const universe = host.env("SOPS_GCP_KMS_UNIVERSE_DOMAIN") || host.env("GOOGLE_CLOUD_UNIVERSE_DOMAIN");
  const name = (universe ?? "").trim() || DEFAULT_UNIVERSE;
  return {
    transport,
    ...addressOf(`cloudkms.${name}`, "SOPS_GCP_KMS_UNIVERSE_DOMAIN"),
    universe: name,
    quotaProject,
  };
}

/** `REST` is `rest`. sops takes every other word for gRPC; we take only what it documents. */
function transportOf(text: string): "grpc" | "rest" {
  const type = text.trim().toLowerCase();
  if (type === "" || type === "grpc") return "grpc";
  if (type === "rest") return "rest";
  throw new SopsError("BAD_CONFIG", `SOPS_GCP_KMS_CLIENT_TYPE is neither grpc nor rest: ${text}`, {
    hint: "set it to grpc or rest, or leave it out",
  });
}

/** To a bare IP address always by REST: grpc-js sends it as a TLS server name, which Node 26 refuses (RFC 6066, section 3). */
const transportTo = (host: string, asked: GcpSettings["transport"]): GcpSettings["transport"] =>
  /^\[|^\d+(?:\.\d+){3}$/.test(host) ? "rest" : asked;

/** `HOST`, `HOST:PORT` or `https://HOST[:PORT]`: a token goes there, so nothing but TLS will do. */
function addressOf(text: string, variable = "SOPS_GCP_KMS_ENDPOINT"): { host: string; port: number } {
  const url = parsed(text.includes("://") ? text : `https://${text}`);
  if (url?.protocol === "https:" && url.pathname === "/" && url.search === "" && url.username === "")
    return { host: url.hostname, port: url.port === "" ? 443 : Number(url.port) };
  throw new SopsError("BAD_CONFIG", `${variable} is not the address of a TLS server: ${text}`, {
    hint:
      variable === "SOPS_GCP_KMS_ENDPOINT"
        ? "write it as HOST or HOST:PORT"
        : "write it as a domain, such as s3nsapis.fr",
  });
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
