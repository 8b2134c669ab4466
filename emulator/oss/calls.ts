import type { Bucket } from './bucket';
import type { Buckets } from './buckets';
import type { OssRequest } from './oss-request';

/** What the account and the place are called in answers. */
export interface OssPlace {
  readonly region: string;
  readonly accountId: string;
}

/** What an operation of the service is given. */
export interface ServiceCall {
  readonly buckets: Buckets;
  readonly place: OssPlace;
  readonly clock: () => Date;
  readonly request: OssRequest;
}

/** What an operation on a bucket is given. */
export interface BucketCall extends ServiceCall {
  readonly bucket: Bucket;
}

/** What an operation on an object is given. */
export interface ObjectCall extends BucketCall {
  readonly key: string;
}
