import type { BucketCall } from './calls';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { OssError } from './oss-error';

/** What OSS answers about a configuration that nobody has set; the local cloud lets nobody set one. */
const UNSET: Readonly<Record<string, () => OssAnswer>> = {
  GetBucketVersioning: () => xmlAnswer('VersioningConfiguration', {}),
  GetBucketLogging: () => xmlAnswer('BucketLoggingStatus', {}),
  GetBucketRequestPayment: () => xmlAnswer('RequestPaymentConfiguration', { Payer: 'BucketOwner' }),
  GetBucketReferer: () =>
    xmlAnswer('RefererConfiguration', { AllowEmptyReferer: true, RefererList: {} }),
  GetBucketLifecycle: () => none('NoSuchLifecycle', 'No Row found in Lifecycle Table.'),
  GetBucketWebsite: () =>
    none(
      'NoSuchWebsiteConfiguration',
      'The specified bucket does not have a website configuration.',
    ),
  GetBucketCors: () => none('NoSuchCORSConfiguration', 'The CORS Configuration does not exist.'),
  GetBucketPolicy: () => none('NoSuchBucketPolicy', 'The bucket policy does not exist.'),
  GetBucketEncryption: () =>
    none(
      'NoSuchServerSideEncryptionRule',
      'The server side encryption configuration was not found.',
    ),
  GetBucketReplication: () =>
    none('NoSuchReplicationConfiguration', 'The bucket you specified does not have replication.'),
};

/** The answers of the operations that read a configuration which is never there. */
export const UNSET_OPERATIONS: Readonly<Record<string, (call: BucketCall) => OssAnswer>> = UNSET;

function none(code: string, message: string): never {
  throw new OssError(404, code, message);
}
