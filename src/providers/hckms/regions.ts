import { tryFromUtf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

/** The regions whose KMS the Go SDK (0.1.207, the one of SOPS 3.13.3) knows by itself. */
const KMS_REGIONS = new Set(
  `eu-west-101 cn-north-4 cn-north-1 cn-north-2 cn-east-2 cn-east-3 cn-south-1 cn-south-2 af-south-1 cn-southwest-2
  ap-southeast-2 ap-southeast-1 ap-southeast-3 la-south-2 sa-brazil-1 na-mexico-1 la-north-2 cn-north-9 ap-southeast-4
  tr-west-1 ae-ad-1 my-kualalumpur-1 ru-moscow-1 cn-east-5 cn-east-4 me-east-1 ap-southeast-5 cn-south-4 cn-north-12
  cn-north-11 af-north-1 cn-southwest-3`.split(/\s+/),
);

/** Those that have a login server (IAM) of their own there; the others use the global one. */
const IAM_REGIONS = new Set(
  `cn-north-2 cn-north-4 cn-north-1 cn-east-2 cn-east-3 cn-south-1 cn-south-2 cn-southwest-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 af-south-1 sa-brazil-1 la-south-2 na-mexico-1 la-north-2 cn-north-9 eu-west-0
  my-kualalumpur-1 ru-moscow-1 me-east-1 ap-southeast-4 ae-ad-1 cn-east-4 cn-east-5 tr-west-1 cn-north-12`.split(
    /\s+/,
  ),
);

/**
 * The addresses of a region's KMS, the preferred one first: from HUAWEICLOUD_SDK_REGION_KMS_<REGION>, the regions file,
 * or the list above. Throws BAD_RECIPIENT for a region that none of them has.
 */
export async function kmsEndpoints(region: string, host: Host): Promise<readonly string[]> {
  const variable = `HUAWEICLOUD_SDK_REGION_KMS_${region.replaceAll("-", "_").toUpperCase()}`;
  const named = host.env(variable) ?? "";
  const own = named === "" ? await fromFile(region, host) : named.split(",");
  if (own.length > 0) return own.map((endpoint) => checkedEndpoint(endpoint.trim()));
  if (KMS_REGIONS.has(region))
    return [`https://kms.${region}.myhuaweicloud.${region === "eu-west-101" ? "eu" : "com"}`];
  throw new SopsError("BAD_RECIPIENT", `huawei cloud kms: unknown region ${region}`, {
    hint: `check the region, or set ${variable} to the address of its KMS`,
  });
}

/** The login server: `override` of a profile, HUAWEICLOUD_SDK_IAM_ENDPOINT, the region's own, or the global one. */
export function iamEndpoint(host: Host, override?: string, region = ""): string {
  const named = override ?? host.env("HUAWEICLOUD_SDK_IAM_ENDPOINT") ?? "";
  if (named !== "") return checkedEndpoint(named);
  return IAM_REGIONS.has(region)
    ? `https://iam.${region}.myhuaweicloud.com`
    : "https://iam.myhuaweicloud.com";
}

/**
 * `KMS: [{id, endpoint, endpoints}]` in the YAML file that HUAWEICLOUD_SDK_REGIONS_FILE names, else
 * ~/.huaweicloud/regions.yaml.
 */
async function fromFile(region: string, host: Host): Promise<readonly string[]> {
  const path = host.env("HUAWEICLOUD_SDK_REGIONS_FILE") ?? inHome(host, "regions.yaml");
  const bytes = path === undefined ? null : await host.readFile(path);
  if (bytes === null) return [];
  const { parse } = await import("yaml");
  const services = entriesOf(parse(tryFromUtf8(bytes) ?? ""));
  const regions = services.filter(([name]) => name.toUpperCase() === "KMS").flatMap(([, list]) => list);
  return regions.flat().flatMap((each) => endpointsOf(each, region));
}

function endpointsOf(entry: unknown, region: string): readonly string[] {
  const fields = new Map(entriesOf(entry));
  if (fields.get("id") !== region) return [];
  const all = [fields.get("endpoint"), fields.get("endpoints")].flat();
  return all.filter((endpoint) => typeof endpoint === "string" && endpoint !== "") as string[];
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];

/** A file of Huawei's folder in the home directory; undefined: there is no home. */
export function inHome(host: Host, name: string): string | undefined {
  const home = host.homeDir();
  return home === undefined ? undefined : `${home}/.huaweicloud/${name}`;
}

/** Plain http would show the data key to the network; only loopback may have it. */
function checkedEndpoint(text: string): string {
  const url = text.startsWith("http") ? text.replace(/\/+$/, "") : `https://${text.replace(/\/+$/, "")}`;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const local = parsed !== null && ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  if (parsed?.protocol === "https:" || (parsed?.protocol === "http:" && local)) return url;
  throw new SopsError("BAD_CONFIG", "huawei cloud: the address of a server must start with https://", {
    hint: "correct HUAWEICLOUD_SDK_REGION_KMS_<REGION>, HUAWEICLOUD_SDK_IAM_ENDPOINT, or the file of regions",
  });
}
