import { fakeAzure } from "../cloud/azure.ts";
import { fakeGcpKms } from "../cloud/gcp.ts";
import { type Fault, type Route, startCloud } from "../cloud/proxy.ts";
import { type Drill, stopAll } from "./drill.ts";

/** By the end of the name of the variable that holds the cloud's proxy. */
const FAULTS: Readonly<Record<string, Fault | undefined>> = {
  "": undefined,
  DENIED: "denied",
  EXPIRED: "expired",
  TLS: "untrusted",
  DOWN: "down",
};

/** The same cloud several times, with a fault in each. One that nobody trusts is not in `trust`. */
async function cloudsOf(name: string, routes: readonly Route[]): Promise<Drill> {
  const clouds = await Promise.all(
    Object.entries(FAULTS).map(async ([end, fault]) => ({
      name: `${name}${end}`,
      fault,
      cloud: await startCloud({ routes, faults: fault === undefined ? [] : [fault] }),
    })),
  );
  return {
    variables: Object.fromEntries(clouds.map(({ name: each, cloud }) => [each, cloud.proxyUrl])),
    trust: clouds.filter(({ fault }) => fault !== "untrusted").map(({ cloud }) => cloud.caCert),
    stop: stopAll(...clouds.map(({ cloud }) => cloud)),
  };
}

export async function azureDrill(): Promise<Drill> {
  const azure = fakeAzure("c4n4ry-client-secret");
  azure.addKey("team.vault.azure.net", "sops");
  azure.addKey("team.vault.azure.net", "disabled").enabled = false;
  const { variables, ...clouds } = await cloudsOf("AZURE", azure.routes);
  const login = { TENANT: azure.tenant, CLIENT: azure.client, SECRET: azure.secret };
  return { ...clouds, variables: { ...variables, ...login } };
}

export async function gcpDrill(): Promise<Drill> {
  const kms = fakeGcpKms();
  kms.tokens.add("ya29.c4n4ry");
  const disabled = kms.addKey("disabled");
  kms.setState(disabled, "DISABLED");
  const { variables, ...clouds } = await cloudsOf("GCP", kms.routes);
  return {
    ...clouds,
    variables: {
      ...variables,
      TOKEN: "ya29.c4n4ry",
      GCPKEY: kms.addKey("app"),
      GCPDISABLED: disabled,
      GCPLOGIN: kms.addServiceAccount(),
    },
  };
}
