import { nodeHost } from "../../src/node/host.ts";
import { provider as vaultProvider } from "../../src/providers/vault/index.ts";
import { describeWith } from "../support/parts.ts";
import { startBao } from "../support/servers/bao.ts";
import { stalledServer } from "../support/servers/stalled.ts";
import { conformance } from "./conformance.ts";

const FIELDS = { vault_address: "https://vault.example.com:8200", engine_path: "transit", key_name: "one" };
const URI = "https://vault.example.com:8200/v1/transit/keys/one";
const OTHER = { vault_address: "http://127.0.0.1:1", engine_path: "team/a", key_name: "two" };
const OTHER_URI = "http://127.0.0.1:1/v1/team/a/keys/two";

describeWith(["bao"], "OpenBao", () => {
  conformance("vault", async () => {
    const bao = await startBao();
    await bao.call("POST", "sys/mounts/transit", { type: "transit" });
    await bao.call("POST", "transit/keys/one");
    await bao.call("PUT", "sys/policies/acl/reader", {
      policy: 'path "transit/keys/*" { capabilities = ["read"] }',
    });
    const reader = (await bao.call("POST", "auth/token/create", { policies: ["reader"] })) as {
      auth: { client_token: string };
    };
    const weak = reader.auth.client_token;
    const fields = { ...FIELDS, vault_address: bao.url };
    const ref = { type: "hc_vault", fields } as const;
    const host = (token: string, more: Record<string, string> = {}): ReturnType<typeof nodeHost> =>
      nodeHost({ env: { VAULT_TOKEN: token, VAULT_ADDR: bao.url, ...more } });
    const key = { ...ref, enc: await vaultProvider.wrap(ref, new Uint8Array(32), host(bao.token)) };
    const missing = { ...key, fields: { ...fields, key_name: "missing" } };
    return {
      provider: vaultProvider,
      host: host(bao.token),
      ref,
      foreign: { without: "the metadata names the one Vault key that can unwrap it" },
      denied: [
        { what: "encrypt without permission", code: "KEY_DENIED", host: host(weak) },
        { what: "decrypt without permission", code: "KEY_DENIED", host: host(weak), key },
        { what: "a token that nobody knows", code: "NOT_LOGGED_IN", host: host("s.wrong"), key },
        { what: "no such key", code: "KEY_NOT_FOUND", key: missing },
      ],
      configForms: {
        string: { entry: URI, keys: [FIELDS] },
        "comma list": { entry: `${URI}, ${OTHER_URI}`, keys: [FIELDS, OTHER] },
        list: { entry: [URI, OTHER_URI], keys: [FIELDS, OTHER] },
        object: { without: "Vault keys of a group are texts" },
      },
      // The address stands in the key, so that what stalls is the proxy.
      stalled: async () => {
        const server = await stalledServer();
        return { ...server, host: host(bao.token, { VAULT_PROXY_ADDR: server.url }) };
      },
      secrets: [bao.token, weak, "s.wrong"],
      stop: () => bao.stop(),
    };
  });
});
