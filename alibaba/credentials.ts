/** One set of keys that a request is signed with. */
export interface CloudCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Present for STS (temporary) credentials. */
  readonly securityToken?: string;
}

/** Gives current credentials; refreshes temporary ones before they end. */
export interface CredentialsProvider {
  get(): Promise<CloudCredentials>;
}
