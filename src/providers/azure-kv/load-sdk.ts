import { silence } from "../silence.ts";
import type * as AzureSdk from "./sdk.ts";

/** Loads the SDK. What AZURE_LOG_LEVEL, TYPESPEC_RUNTIME_LOG_LEVEL and DEBUG turn on would print data keys and tokens. */
export async function loadSdk(): Promise<typeof AzureSdk> {
  const sdk = await import("./sdk.ts");
  silence(sdk.AzureLogger, sdk.TypeSpecRuntimeLogger, sdk.debug);
  return sdk;
}
