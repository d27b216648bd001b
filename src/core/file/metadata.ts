export type { Metadata } from "./metadata-model.ts";
export { readMetadata } from "./metadata-read.ts";
export { writeMetadata } from "./metadata-write.ts";
