/** An access key. A temporary one has a security token and an end. */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  readonly projectId?: string | undefined;
  /** The login server that a profile names. */
  readonly iamEndpoint?: string | undefined;
}
