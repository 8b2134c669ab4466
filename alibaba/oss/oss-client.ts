import OSS from 'ali-oss';
import type { CloudCredentials, CredentialsProvider } from '../credentials';

/** Where a bucket is. */
export interface BucketPlace {
  /** `https://oss-cn-hangzhou.aliyuncs.com`, `oss-cn-hangzhou-internal.aliyuncs.com`, `http://127.0.0.1:9201`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** `cn-hangzhou`, with or without `oss-` before it. */
  readonly region: string;
}

/**
 * Makes an ali-oss client that signs with V4 and with current keys. The region with `oss-` before it is what
 * lets one set of options serve a host name and an IP address: ali-oss signs with the bare region, and for
 * an IP address it puts bucket and region into the Host header.
 */
export async function createOssClient(options: {
  readonly place: BucketPlace;
  readonly credentials: CredentialsProvider;
  readonly timeoutMs: number;
}): Promise<OSS> {
  const { place, credentials } = options;
  const keys = ossKeys(await credentials.get());
  return new OSS({
    ...keys,
    // Temporary keys are asked for before every request; the provider knows when they must change.
    ...(keys.stsToken && {
      refreshSTSToken: async () => {
        const fresh = ossKeys(await credentials.get());
        return { ...fresh, stsToken: fresh.stsToken ?? '' };
      },
      refreshSTSTokenInterval: 0,
    }),
    endpoint: place.endpoint,
    secure: !place.endpoint.startsWith('http://'),
    bucket: place.bucket,
    region: `oss-${place.region.replace(/^oss-/, '')}`,
    authorizationV4: true,
    timeout: options.timeoutMs,
  });
}

function ossKeys(keys: CloudCredentials) {
  const { accessKeyId, accessKeySecret, securityToken } = keys;
  return { accessKeyId, accessKeySecret, stsToken: securityToken };
}
