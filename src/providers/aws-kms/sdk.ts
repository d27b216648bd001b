/** All that is used of the AWS SDK. Imported only by a call that needs it, so that the build keeps it in a file of its own. */
export { DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
export {
  createCredentialChain,
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromTemporaryCredentials,
  fromTokenFile,
} from "@aws-sdk/credential-providers";
/** Its flag keeps the SDK from warning the user about the version of Node. */
export { state as versionWarning } from "@aws-sdk/core/client";
/** For S3, which has no client of the SDK here. */
export { SignatureV4 } from "@smithy/signature-v4";
