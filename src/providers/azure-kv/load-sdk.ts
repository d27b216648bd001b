import { silence } from "../silence.ts";
import { loadSdk as load } from "../../core/ports/load-sdk.ts";
import type * as AzureSdk from "./sdk.ts";

/** Loads the SDK. What AZURE_LOG_LEVEL, TYPESPEC_RUNTIME_LOG_LEVEL and DEBUG turn on would print data keys and tokens. */
export async function loadSdk(): Promise<typeof AzureSdk> {
  const sdk = await load("azure-kv", () => import("./sdk.ts"));
  silence(sdk.AzureLogger, sdk.TypeSpecRuntimeLogger, sdk.debug);
  return sdk;
}
