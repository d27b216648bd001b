/** All that is used of the Azure SDK; imported only where a call is made. */
export {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Microsoft warns of it, SOPS has it still
  UsernamePasswordCredential,
} from "@azure/identity";
export { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
// What they log holds headers and bodies: see silence.ts.
export { AzureLogger } from "@azure/logger";
export { TypeSpecRuntimeLogger } from "@typespec/ts-http-runtime";
export { default as debug } from "debug";
