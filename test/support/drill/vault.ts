import { newAuthority } from "../cloud/certificates.ts";
import { startBao } from "../servers/bao.ts";
import { fakeVault } from "../servers/fake-vault.ts";
import { tlsFront } from "../servers/tls-front.ts";
import { forwardProxy } from "../servers/forward-proxy.ts";
import { type Drill, stopAll } from "./drill.ts";

interface Wrapped {
  readonly data: { readonly ciphertext: string };
}

/** OpenBao with a key `k`, a key `old` whose first version is no longer used, and tokens that may use them, may not, or have ended. */
export async function vaultDrill(): Promise<Drill> {
  const bao = await startBao();
  const token = (id: string, more: object): Promise<unknown> =>
    bao.call("POST", "auth/token/create", { id, no_default_policy: true, ...more });
  await bao.call("POST", "sys/mounts/transit", { type: "transit" });
  await bao.call("POST", "transit/keys/k");
  await bao.call("PUT", "sys/policies/acl/sops", {
    policy:
      'path "+/decrypt/*" { capabilities = ["update"] }\npath "+/encrypt/*" { capabilities = ["create", "update"] }',
  });
  await token("c4n4ry-good", { policies: ["sops"] });
  await token("c4n4ry-weak", { policies: ["default"], no_default_policy: false });
  await token("c4n4ry-ended", { policies: ["sops"] });
  await bao.call("POST", "auth/token/revoke", { token: "c4n4ry-ended" });
  await bao.call("POST", "transit/keys/old");
  const plaintext = Buffer.alloc(32, 7).toString("base64");
  const old = (await bao.call("POST", "transit/encrypt/old", { plaintext })) as Wrapped;
  await bao.call("POST", "transit/keys/old/rotate");
  await bao.call("POST", "transit/keys/old/config", { min_decryption_version: 2 });
  const { cert, key } = newAuthority("a CA that nobody trusts").issue("127.0.0.1");
  const tls = await tlsFront(bao.port, { cert, key });
  const sealed = await fakeVault();
  sealed.answer = (_request, response) => {
    response.writeHead(503).end('{"errors":["Vault is sealed"]}');
  };
  const proxy = await forwardProxy("user:c4n4ry");
  return {
    variables: {
      VAULT: bao.url,
      VAULTTLS: tls.url,
      VAULTSEALED: sealed.url,
      VAULTPROXY: proxy.url,
      OLD: old.data.ciphertext,
    },
    trust: [],
    stop: stopAll(bao, tls, sealed, proxy),
  };
}
