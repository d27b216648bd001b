import { nodeHost } from "../../src/node/host.ts";
import { provider as ageProvider } from "../../src/providers/age/index.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { conformance } from "./conformance.ts";

const OTHER = "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";
const ref = { type: "age", fields: { recipient: RECIPIENT } } as const;

conformance("age", async () => {
  const host = nodeHost({ env: { SOPS_AGE_KEY: IDENTITY } });
  const elsewhere = { type: "age", fields: { recipient: OTHER } } as const;
  return {
    provider: ageProvider,
    host,
    ref,
    foreign: { key: { ...elsewhere, enc: await ageProvider.wrap(elsewhere, new Uint8Array(32), host) } },
    denied: { without: "nobody can refuse the use of an age recipient" },
    configForms: {
      string: { entry: RECIPIENT, keys: [{ recipient: RECIPIENT }] },
      "comma list": {
        entry: `${RECIPIENT}, ${OTHER}`,
        keys: [{ recipient: RECIPIENT }, { recipient: OTHER }],
      },
      list: { entry: [RECIPIENT, OTHER], keys: [{ recipient: RECIPIENT }, { recipient: OTHER }] },
      object: { without: "age keys of a group are texts" },
    },
    stalled: { without: "an X25519 key calls nobody" },
    secrets: [IDENTITY],
  };
});
