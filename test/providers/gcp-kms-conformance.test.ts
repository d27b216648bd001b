import { describe, expect, vi } from "vitest";
import type { Host } from "../../src/core/ports/host.ts";
import { nodeHost } from "../../src/node/host.ts";
import { provider as gcpKmsProvider } from "../../src/providers/gcp-kms/index.ts";
import { fakeGcpKms } from "../support/cloud/gcp.ts";
import { startRelay } from "../support/cloud/gcp-relay.ts";
import { startCloud } from "../support/cloud/proxy.ts";
import { trustInThisProcess } from "../support/cloud/trust.ts";
import { conformance } from "./conformance.ts";

const ID = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
const OTHER = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/k2";
const keys = (...ids: readonly string[]): { readonly resource_id: string }[] =>
  ids.map((resource_id) => ({ resource_id }));

describe.each(["grpc", "rest"])("GCP KMS by %s", (transport) => {
  conformance("gcp_kms", async () => {
    const kms = fakeGcpKms();
    const cloud = await startCloud({ routes: kms.routes });
    const distrust = trustInThisProcess(cloud.caCert);
    kms.tokens.add("ya29.canary-token");
    const env = {
      HOME: "/nonexistent",
      HTTPS_PROXY: cloud.proxyUrl,
      SOPS_GCP_KMS_CLIENT_TYPE: transport,
      GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.canary-token",
    };
    const host = (more: Readonly<Record<string, string>> = {}): Host =>
      nodeHost({ env: { ...env, ...more } });
    const ref = { type: "gcp_kms", fields: { resource_id: kms.addKey("one") } } as const;
    const other = { type: "gcp_kms", fields: { resource_id: kms.addKey("two") } } as const;
    const missing = { type: "gcp_kms", fields: { resource_id: ID } } as const;
    const destroyed = { type: "gcp_kms", fields: { resource_id: kms.addKey("gone") } } as const;
    const enc = await gcpKmsProvider.wrap(destroyed, new Uint8Array(32), host());
    kms.setState(destroyed.fields.resource_id, "DESTROYED");
    return {
      provider: gcpKmsProvider,
      host: host(),
      ref,
      foreign: { key: { ...ref, enc: await gcpKmsProvider.wrap(other, new Uint8Array(32), host()) } },
      denied: [
        { what: "no such key", code: "KEY_NOT_FOUND", ref: missing },
        { what: "destroyed", code: "KEY_UNUSABLE", key: { ...destroyed, enc } },
        {
          what: "unknown token",
          code: "NOT_LOGGED_IN",
          host: host({ GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.stranger" }),
        },
        { what: "nobody there", code: "UNREACHABLE", host: host({ HTTPS_PROXY: "http://127.0.0.1:9" }) },
      ],
      configForms: {
        string: { entry: ID, keys: keys(ID) },
        "comma list": { entry: `${ID}, ${OTHER}`, keys: keys(ID, OTHER) },
        list: { entry: [ID, OTHER], keys: keys(ID, OTHER) },
        object: { entry: { resource_id: ID }, keys: keys(ID) },
      },
      async stalled() {
        const slow = await startCloud({ routes: kms.routes, faults: ["slow"] });
        const relay = await startRelay(slow.proxyUrl);
        const distrustSlow = trustInThisProcess(slow.caCert);
        return {
          host: host({ HTTPS_PROXY: relay.url }),
          reached: () => vi.waitFor(() => expect(slow.requests).not.toEqual([]), { timeout: 10_000 }),
          running: () => relay.running(),
          async stop() {
            distrustSlow();
            await relay.stop();
            await slow.stop();
          },
        };
      },
      secrets: ["ya29.canary-token", "ya29.stranger"],
      async stop() {
        distrust();
        await cloud.stop();
      },
    };
  });
});
