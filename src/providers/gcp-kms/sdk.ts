// Not the index of @google-cloud/kms: that loads four more services, a third of the time and of the size.
export { KeyManagementServiceClient } from "@google-cloud/kms/build/src/v1/key_management_service_client.js";
export { gaxios, GoogleAuth, OAuth2Client } from "google-auth-library";
export { grpc, loggingUtils } from "google-gax";
export { default as debug } from "debug";
export { default as fetch } from "node-fetch";
