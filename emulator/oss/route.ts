import { operationReader } from '../control/operation';
import { type Access, checkAnonymous } from './access-control';
import { appendObject } from './append-object';
import {
  bucketAcl,
  bucketInfo,
  bucketLocation,
  bucketStat,
  deleteObjects,
  listBuckets,
  putBucket,
  putBucketAcl,
} from './bucket-operations';
import type { BucketCall, ObjectCall, ServiceCall } from './calls';
import { copyObject, uploadPartCopy } from './copy-object';
import { listObjects, listObjectsV2 } from './list-objects';
import { listParts, listUploads } from './multipart-lists';
import { abortUpload, completeUpload, startUpload, uploadPart } from './multipart-operations';
import { deleteObject, getObject, getObjectMeta, putObject } from './object-operations';
import {
  deleteObjectTagging,
  getObjectAcl,
  getObjectTagging,
  putObjectAcl,
  putObjectTagging,
} from './object-settings';
import { OSS_OPERATIONS } from './operations';
import type { OssAnswer } from './oss-answer';
import { OssError } from './oss-error';
import { type Address, checkKey } from './oss-request';
import { checkSubResources } from './sub-resources';
import { UNSET_OPERATIONS } from './unset-configurations';

type Answer = OssAnswer | Promise<OssAnswer>;

const readOperation = operationReader(OSS_OPERATIONS);

const BUCKET_OPERATIONS: Readonly<Partial<Record<string, (call: BucketCall) => Answer>>> = {
  ...UNSET_OPERATIONS,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  HeadBucket: () => ({ status: 200 }),
  GetBucketInfo: bucketInfo,
  GetBucketStat: bucketStat,
  GetBucketAcl: bucketAcl,
  PutBucketAcl: putBucketAcl,
  GetBucketLocation: bucketLocation,
  ListMultipartUploads: listUploads,
  DeleteMultipleObjects: deleteObjects,
  DeleteBucket: async ({ buckets, bucket }) => {
    await buckets.delete(bucket.name);
    return { status: 204 };
  },
};

const OBJECT_OPERATIONS: Readonly<Record<string, (call: ObjectCall) => Answer>> = {
  PutObject: putObject,
  CopyObject: copyObject,
  AppendObject: appendObject,
  GetObject: getObject,
  HeadObject: getObject,
  GetObjectMeta: getObjectMeta,
  DeleteObject: deleteObject,
  GetObjectACL: getObjectAcl,
  PutObjectACL: putObjectAcl,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  InitiateMultipartUpload: startUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
};

/** What a public access control list opens; a copy needs an owner, who may read its source. */
const PUBLIC: Readonly<Record<string, Access>> = {
  ListObjects: 'read',
  ListObjectsV2: 'read',
  HeadBucket: 'read',
  GetObject: 'read',
  HeadObject: 'read',
  GetObjectMeta: 'read',
  PutObject: 'write',
  AppendObject: 'write',
  DeleteObject: 'write',
  DeleteMultipleObjects: 'write',
  InitiateMultipartUpload: 'write',
  UploadPart: 'write',
  CompleteMultipartUpload: 'write',
  AbortMultipartUpload: 'write',
};

/** Finds the operation that a request means, and runs it. */
export async function route(
  call: ServiceCall & { readonly address: Address; readonly isAnonymous: boolean },
): Promise<OssAnswer> {
  const { request, buckets, isAnonymous } = call;
  const { bucket: name, key } = call.address;
  const { method, query } = request;
  const path = name === undefined ? '/' : `/${name}/${key}`;
  const headers = Object.fromEntries(request.headers);
  const operation = readOperation({ method, path, query, headers });
  checkSubResources({ request, operation });
  if (operation === undefined || operation === 'PostObject') throw methodNotAllowed(method);
  if (isAnonymous && (name === undefined || operation === 'PutBucket')) throw anonymous();
  if (name === undefined) return listBuckets(call);
  if (operation === 'PutBucket') return putBucket({ ...call, name });
  const onBucket = BUCKET_OPERATIONS[operation];
  if (!onBucket) checkKey(key);
  const bucket = buckets.get(name);
  const object = onBucket ? undefined : bucket.get(key);
  if (isAnonymous) checkAnonymous({ bucket, object, access: PUBLIC[operation] });
  if (onBucket) return onBucket({ ...call, bucket });
  return OBJECT_OPERATIONS[operation]({ ...call, bucket, key });
}

function methodNotAllowed(method: string): OssError {
  return new OssError(
    405,
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    { Method: method },
  );
}

function anonymous(): OssError {
  return new OssError(403, 'AccessDenied', 'Anonymous user has no right to access this resource.');
}
