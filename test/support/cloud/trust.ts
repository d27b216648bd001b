import tls from "node:tls";

/**
 * Makes every TLS client of this process trust one more CA. NODE_EXTRA_CA_CERTS does that for a new process only, and
 * Node 20 has no other way to add to the roots. Answers how to take it back.
 */
export function trustInThisProcess(caCert: string): () => void {
  const original = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const context = original(options);
    // The C++ object below the public one: the only way to add a root instead of replacing them all.
    const inner = context.context as { addCACert(pem: string): void };
    inner.addCACert(caCert);
    return context;
  };
  return () => {
    tls.createSecureContext = original;
  };
}
