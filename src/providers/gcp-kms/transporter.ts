import type { Proxy } from "./proxy.ts";
import type * as sdk from "./sdk.ts";
import type { GcpSettings } from "./settings.ts";

type Transporter = InstanceType<typeof sdk.gaxios.Gaxios>;
type Fetch = NonNullable<
  NonNullable<ConstructorParameters<typeof sdk.gaxios.Gaxios>[0]>["fetchImplementation"]
>;

/**
 * HTTP for logins and for REST. google-gax names an agent of its own for REST, and that one would pass the proxy by.
 */
export function transporterOf(
  { gaxios, fetch }: Pick<typeof sdk, "gaxios" | "fetch">,
  proxy: Proxy | null,
  { host }: Pick<GcpSettings, "host">,
): Transporter {
  const way = proxy === null ? { noProxy: [host] } : { proxy: proxy.url };
  const transporter = new gaxios.Gaxios({
    ...way,
    fetchImplementation: unlessCancelled(fetch as unknown as Fetch),
  });
  const send = transporter.request.bind(transporter);
  transporter.request = (options) => {
    const { agent, ...rest } = options ?? {};
    return send(typeof agent === "function" ? rest : { ...rest, ...(agent === undefined ? {} : { agent }) });
  };
  return transporter;
}

/**
 * A request that was cancelled before it is sent makes node-fetch 3 destroy the body with an error that nobody listens
 * to, and such an error ends the process. So node-fetch does not get one.
 */
const unlessCancelled = (fetch: Fetch): Fetch =>
  async function (address, options) {
    options?.signal?.throwIfAborted();
    return await fetch(address, options);
  };
