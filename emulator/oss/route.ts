import {
  bucketAcl,
  bucketInfo,
  bucketLocation,
  deleteObjects,
  listBuckets,
  type OssPlace,
} from './bucket-operations';
import type { Buckets } from './buckets';
import { listObjects, listObjectsV2 } from './list-objects';
import {
  abortUpload,
  completeUpload,
  listParts,
  listUploads,
  startUpload,
  uploadPart,
} from './multipart-operations';
import {
  appendObject,
  copyObject,
  deleteObject,
  getObject,
  getObjectMeta,
  type ObjectCall,
  putObject,
} from './object-operations';
import type { OssAnswer } from './oss-answer';
import { notImplemented, OssError } from './oss-error';
import { type Address, checkKey, type OssRequest } from './oss-request';

/** What the operations work on. */
export interface RouteContext {
  readonly buckets: Buckets;
  readonly place: OssPlace;
  readonly clock: () => Date;
}

interface Call {
  readonly request: OssRequest;
  readonly context: RouteContext;
  readonly address: Address;
}

/** Sub-resources that change what an operation means; one that isn't known must not be ignored. */
const KNOWN = new Set(
  'acl append bucketInfo delete location objectMeta partNumber position uploadId uploads'.split(
    ' ',
  ),
);
const FOREIGN = new Set(
  `asyncFetch cname comp cors encryption inventory lifecycle live logging metaQuery objectInfo policy
  qos referer replication requestPayment resourceGroup restore stat style symlink tagging versionId
  versioning versions vod website worm x-oss-process x-oss-async-process`.split(/\s+/),
);

/** Finds the operation that a request means, and runs it. */
export async function route(call: Call): Promise<OssAnswer> {
  const { bucket, key } = call.address;
  const foreign = [...call.request.query.keys()].find((name) => FOREIGN.has(name));
  if (foreign) throw notImplemented(`the sub-resource ${foreign}`);
  if (bucket === undefined) return routeService(call);
  return key === '' ? routeBucket(call, bucket) : routeObject(call, bucket);
}

function routeService(call: Call): OssAnswer {
  if (call.request.method !== 'GET') throw methodNotAllowed(call);
  return listBuckets(call.context);
}

async function routeBucket(call: Call, name: string): Promise<OssAnswer> {
  const { request, context } = call;
  const { buckets, place } = context;
  if (request.method === 'PUT' && !subResource(request)) {
    await buckets.create(name);
    return { status: 200, headers: { location: `/${name}` } };
  }
  const bucket = buckets.get(name);
  switch (`${request.method} ${subResource(request) ?? ''}`) {
    case 'GET ': {
      const list = request.query.get('list-type') === '2' ? listObjectsV2 : listObjects;
      return list({ bucket, request, accountId: place.accountId });
    }
    case 'HEAD ':
      return { status: 200 };
    case 'GET bucketInfo':
      return bucketInfo({ bucket, place });
    case 'GET acl':
      return bucketAcl({ place });
    case 'GET location':
      return bucketLocation({ place });
    case 'GET uploads':
      return listUploads({ bucket, request });
    case 'POST delete':
      return deleteObjects({ bucket, request });
    case 'DELETE ':
      await buckets.delete(name);
      return { status: 204 };
    default:
      throw methodNotAllowed(call);
  }
}

async function routeObject(call: Call, name: string): Promise<OssAnswer> {
  const { request, context } = call;
  const { key } = call.address;
  checkKey(key);
  const { buckets, clock } = context;
  const object: ObjectCall = { bucket: buckets.get(name), key, request, clock };
  const copies = request.headers.has('x-oss-copy-source');
  switch (`${request.method} ${subResource(request) ?? ''}`) {
    case 'PUT ':
      return copies ? copyObject({ ...object, buckets }) : putObject(object);
    case 'GET ':
    case 'HEAD ':
      return getObject(object);
    case 'HEAD objectMeta':
      return getObjectMeta(object);
    case 'DELETE ':
      return deleteObject(object);
    case 'POST append':
      return appendObject(object);
    case 'POST uploads':
      return startUpload(object);
    case 'PUT partNumber':
      if (copies) throw notImplemented('UploadPartCopy');
      return uploadPart(object);
    case 'GET uploadId':
      return listParts(object);
    case 'POST uploadId':
      return completeUpload(object);
    case 'DELETE uploadId':
      return abortUpload(object);
    default:
      throw methodNotAllowed(call);
  }
}

/** The one sub-resource that says what the operation is; `append` and `partNumber` have a companion. */
function subResource(request: OssRequest): string | undefined {
  const names = [...request.query.keys()].filter((name) => KNOWN.has(name));
  return names.find((name) => name === 'append' || name === 'partNumber') ?? names[0];
}

function methodNotAllowed(call: Call): OssError {
  const { method, query } = call.request;
  const what = [...query.keys()].filter((name) => KNOWN.has(name)).join('&');
  return new OssError(
    405,
    'MethodNotAllowed',
    `The method ${method} is not allowed for ${what || 'this resource'}.`,
    {
      Method: method,
    },
  );
}
