import CredentialClient, { Config, URICredentialsProvider } from '@alicloud/credentials';
import { CloudError } from './cloud-error';
import type { CloudCredentials, CredentialsProvider } from './credentials';

/** Keys as configuration gives them; empty text counts as absent. */
export interface CredentialOptions {
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  readonly securityToken?: string;
}

/**
 * Explicit keys, else the SDK's own chain: environment, OIDC, CLI and credentials files, the
 * machine's role, `ALIBABA_CLOUD_CREDENTIALS_URI`. Temporary keys are fetched anew 15 minutes
 * before they end. `get` throws CloudError `CredentialsUnavailable`.
 */
export function createCredentials(options: CredentialOptions = {}): CredentialsProvider {
  return new ChainedCredentials(clientFor(options));
}

function clientFor(options: CredentialOptions): CredentialClient {
  const { accessKeyId, accessKeySecret, securityToken } = options;
  if (!accessKeyId !== !accessKeySecret) {
    throw refusal({
      code: 'IncompleteCredentials',
      message: 'An access key id needs its secret: give both, or neither to use the default chain',
    });
  }
  if (accessKeyId && accessKeySecret) {
    const type = securityToken ? 'sts' : 'access_key';
    return new CredentialClient(new Config({ type, accessKeyId, accessKeySecret, securityToken }));
  }
  const uri = process.env.ALIBABA_CLOUD_CREDENTIALS_URI;
  // The SDK asks the machine's metadata address before the URI, and waits there off the cloud.
  if (uri && !process.env.ALIBABA_CLOUD_ACCESS_KEY_ID) {
    const provider = URICredentialsProvider.builder().withCredentialsURI(uri).build();
    return new CredentialClient(null, provider);
  }
  return new CredentialClient();
}

class ChainedCredentials implements CredentialsProvider {
  private readonly client: CredentialClient;
  private asking: Promise<CloudCredentials> | undefined;

  constructor(client: CredentialClient) {
    this.client = client;
  }

  /** Callers that ask at the same moment share one look-up: a refresh is one request. */
  get(): Promise<CloudCredentials> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<CloudCredentials> {
    try {
      const { accessKeyId, accessKeySecret, securityToken } = await this.client.getCredential();
      if (!accessKeyId || !accessKeySecret) throw new Error('the answer holds no keys');
      return securityToken
        ? { accessKeyId, accessKeySecret, securityToken }
        : { accessKeyId, accessKeySecret };
    } catch (error) {
      throw refusal({
        code: 'CredentialsUnavailable',
        message: `No credentials: ${withoutSecrets(error)}. Configure access keys, or run where a role gives them (ALIBABA_CLOUD_CREDENTIALS_URI)`,
        retryable: true,
      });
    }
  }
}

/** The SDK's messages quote whole answers, keys included: what follows `result` or `message` is cut off. */
function withoutSecrets(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[,\s]*\b(result|message)\s*[:=].*$/s, '').slice(0, 500);
}

function refusal(options: {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
}): CloudError {
  const { code, message, retryable = false } = options;
  return new CloudError({
    product: 'credentials',
    operation: 'GetCredentials',
    code,
    message,
    retryable,
  });
}
