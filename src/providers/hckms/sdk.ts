/**
 * The signer of Huawei's SDK, and no more of it: its HTTP client keeps the last request, and so the data key, in a static
 * field, and its login creates a project where it finds none.
 */
export { AKSKSigner } from "@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js";
