import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";
import { endpointOption } from "../../providers/aws-kms/credentials.ts";

/** Where a bucket is. */
export interface BucketAddress {
  /** Of the bucket, without a slash at the end: `https://bucket.s3.eu-west-1.amazonaws.com`. */
  readonly url: string;
  /** The environment names the server: then no answer may move it. */
  readonly named: boolean;
}

/**
 * By AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else the server of the region. As the Go SDK: the bucket is a part of the
 * host's name where it can be one, and of the path where the host is an IP address. Throws BAD_CONFIG.
 */
export function bucketAddress(bucket: string, region: string, host: Host): BucketAddress {
  const { endpoint } = endpointOption(host, "AWS_ENDPOINT_URL_S3");
  const base = endpoint === undefined ? `https://${serverOf(region, host)}` : endpoint;
  if (!/^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/.test(base) || !URL.canParse(base))
    throw new SopsError("BAD_CONFIG", "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is no http or https address", {
      hint: "correct or unset it",
    });
  const { protocol, host: server, hostname, pathname } = new URL(base);
  const path = pathname.replace(/\/+$/, "");
  const isPartOfName = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket) && !isIpAddress(hostname);
  const url = isPartOfName
    ? `${protocol}//${bucket}.${server}${path}`
    : `${protocol}//${server}${path}/${bucket}`;
  return { url, named: endpoint !== undefined };
}

const isIpAddress = (name: string): boolean => name.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(name);

function serverOf(region: string, host: Host): string {
  const service = isOn("AWS_USE_FIPS_ENDPOINT", host) ? "s3-fips" : "s3";
  const stack = isOn("AWS_USE_DUALSTACK_ENDPOINT", host) ? ".dualstack" : "";
  return `${service}${stack}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

const isOn = (name: string, host: Host): boolean => host.env(name)?.toLowerCase() === "true";
