/** A bucket of S3 or Google Cloud Storage; an object is called by the prefix and a name, with nothing between them. */
export interface BucketSpec {
  readonly type: "s3" | "gcs";
  readonly bucket: string;
  readonly prefix: string;
}

/** A folder in a key-value engine of Vault. */
export interface VaultSpec {
  readonly type: "vault";
  readonly path: string;
  /** Empty: the server of VAULT_ADDR. */
  readonly address: string;
  readonly mount: string;
  /** 1 or 2. */
  readonly version: number;
}

/** Where a config says that files are published. */
export type Destination = BucketSpec | VaultSpec;

/**
 * A place that copies are put to, each under a name with `/` as separator. Its methods throw PUBLISH_FAILED,
 * NOT_LOGGED_IN, UNREACHABLE, THROTTLED, ADDRESS_NOT_ALLOWED and BAD_CONFIG. Nothing is sent before the first of them.
 */
export interface Target {
  /** `file`: sealed files as they are; `data`: what they hold, as a map of JSON. */
  readonly holds: "file" | "data";
  /** Whoever may get nothing is refused here, before anything is opened or the user is asked. Undefined: nobody is. */
  readonly ready?: () => Promise<void>;
  /** The whole address of a copy, for people and for questions. Throws BAD_CONFIG for a name that cannot be one. */
  shown(name: string): string;
  /** What stands there now; null where there is nothing, or where we may not look. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}
