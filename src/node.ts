/** sops-ts for Node: files, configs, the process environment. Everything of `sops-ts` is here as well. */
export * from "./index.ts";
export {
  decryptFile,
  encryptFile,
  type DecryptFileOptions,
  type EncryptFileOptions,
} from "./node/file-api.ts";
export { loadEnv, readEnv, type LoadEnvOptions, type ReadEnvOptions } from "./node/load-env.ts";
export type { KeyServiceSettings } from "./node/keyservice/index.ts";
export { nodeHost, type NodeHostOptions } from "./node/host.ts";
export { nodeRuntime } from "./node/runtime.ts";
export { nodeProviders } from "./providers/index.ts";
