import { isAcl } from './access-control';
import type { Bucket } from './bucket';
import type { Acl, BucketSettings } from './bucket-records';
import type { BucketCall, OssPlace, ServiceCall } from './calls';
import { malformedXml, parseXml, readDocument } from './documents';
import { encoder, readMaxKeys } from './list-objects';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument, notImplemented, OssError } from './oss-error';
import { xmlTime } from './xml';

const MAX_DELETES = 1000;

/** GetService (ListBuckets): by name, pages by `marker`. */
export function listBuckets(call: ServiceCall): OssAnswer {
  const { place, request } = call;
  const prefix = request.query.get('prefix') ?? '';
  const marker = request.query.get('marker') ?? '';
  const maxKeys = readMaxKeys(request.query);
  const all = call.buckets.all().filter(({ name }) => name.startsWith(prefix) && name > marker);
  const page = all.slice(0, maxKeys);
  const next = all.length > page.length ? page.at(-1)?.name : undefined;
  return xmlAnswer('ListAllMyBucketsResult', {
    // OSS says these only when there is more to come.
    ...(next !== undefined && {
      Prefix: prefix,
      Marker: marker,
      MaxKeys: maxKeys,
      IsTruncated: true,
      NextMarker: next,
    }),
    Owner: { ID: place.accountId, DisplayName: place.accountId },
    Buckets: { Bucket: page.map((bucket) => bucketElements({ bucket, place })) },
  });
}

/** PutBucket: makes a bucket; the owner's second call changes its access. */
export async function putBucket(call: ServiceCall & { readonly name: string }): Promise<OssAnswer> {
  const { request, name } = call;
  const acl = readAcl(request.headers.get('x-oss-acl'));
  const body = await readDocument(request);
  const settings = body.length === 0 ? {} : readConfiguration(body);
  await call.buckets.create(name, { ...(acl && { acl }), ...settings });
  return { status: 200, headers: { location: `/${name}` } };
}

/** GetBucketInfo. */
export function bucketInfo(call: BucketCall): OssAnswer {
  const { accountId } = call.place;
  const { settings } = call.bucket;
  return xmlAnswer('BucketInfo', {
    Bucket: {
      ...bucketElements(call),
      Owner: { ID: accountId, DisplayName: accountId },
      AccessControlList: { Grant: settings.acl },
      DataRedundancyType: settings.redundancy,
      AccessMonitor: 'Disabled',
      BlockPublicAccess: false,
      CrossRegionReplication: 'Disabled',
      TransferAcceleration: 'Disabled',
      ServerSideEncryptionRule: { SSEAlgorithm: 'None' },
      BucketPolicy: { LogBucket: '', LogPrefix: '' },
    },
  });
}

/** GetBucketStat; the local cloud counts at once, the real one once an hour. */
export function bucketStat(call: BucketCall): OssAnswer {
  const { bucket } = call;
  let storage = 0;
  let infrequent = 0;
  let infrequentCount = 0;
  for (const { size, headers } of bucket.objects()) {
    storage += size;
    if (headers['x-oss-storage-class'] !== 'IA') continue;
    infrequent += size;
    infrequentCount += 1;
  }
  return xmlAnswer('BucketStat', {
    Storage: storage,
    ObjectCount: bucket.keys.length,
    MultipartUploadCount: [...bucket.uploads()].length,
    LiveChannelCount: 0,
    LastModifiedTime: Math.floor(call.clock().getTime() / 1000),
    StandardStorage: storage - infrequent,
    StandardObjectCount: bucket.keys.length - infrequentCount,
    InfrequentAccessStorage: infrequent,
    InfrequentAccessRealStorage: infrequent,
    InfrequentAccessObjectCount: infrequentCount,
    ArchiveStorage: 0,
    ArchiveRealStorage: 0,
    ArchiveObjectCount: 0,
    ColdArchiveStorage: 0,
    ColdArchiveRealStorage: 0,
    ColdArchiveObjectCount: 0,
  });
}

/** GetBucketAcl. */
export function bucketAcl(call: BucketCall): OssAnswer {
  return aclAnswer(call.place, call.bucket.settings.acl);
}

/** PutBucketAcl. */
export async function putBucketAcl(call: BucketCall): Promise<OssAnswer> {
  const { bucket, request } = call;
  const acl = readAcl(request.headers.get('x-oss-acl'));
  if (!acl) throw invalidArgument('x-oss-acl', 'no such bucket access control exists');
  await bucket.change({ at: bucket.created, settings: { ...bucket.settings, acl } });
  return { status: 200 };
}

/** The document that says who may use something. */
export function aclAnswer(place: OssPlace, grant: Acl | 'default'): OssAnswer {
  const { accountId } = place;
  return xmlAnswer('AccessControlPolicy', {
    Owner: { ID: accountId, DisplayName: accountId },
    AccessControlList: { Grant: grant },
  });
}

/** GetBucketLocation. */
export function bucketLocation(call: BucketCall): OssAnswer {
  return xmlAnswer('LocationConstraint', `oss-${call.place.region}`);
}

/** DeleteMultipleObjects: up to 1,000 keys; absent ones count as deleted. */
export async function deleteObjects(call: BucketCall): Promise<OssAnswer> {
  const { bucket, request } = call;
  if (!request.headers.has('content-md5')) {
    throw new OssError(400, 'MissingArgument', 'Missing Some Required Arguments.', {
      ArgumentName: 'Content-MD5',
    });
  }
  const { keys, quiet } = readDeletes(await readDocument(request));
  await Promise.all(keys.map((key) => bucket.exclusively(key, () => bucket.delete(key))));
  if (quiet) return { status: 200 };
  const encode = encoder(request.query);
  return xmlAnswer('DeleteResult', {
    EncodingType: request.query.get('encoding-type') === 'url' ? 'url' : undefined,
    Deleted: keys.map((key) => ({ Key: encode(key) })),
  });
}

function readDeletes(body: Buffer): { readonly keys: readonly string[]; readonly quiet: boolean } {
  const document = parseXml(body)['Delete'] as
    | { readonly Quiet?: string; readonly Object?: unknown }
    | undefined;
  const objects = ([] as unknown[]).concat(document?.Object ?? []);
  const keys = objects.map((object) => (object as { readonly Key?: unknown }).Key);
  const valid = keys.every((key): key is string => typeof key === 'string' && key !== '');
  if (!valid || keys.length === 0 || keys.length > MAX_DELETES) throw malformedXml();
  return { keys, quiet: document?.Quiet?.trim() === 'true' };
}

function readAcl(name: string | undefined): Acl | undefined {
  if (name === undefined || isAcl(name)) return name;
  throw invalidArgument('x-oss-acl', `no such bucket access control exists: ${name}`);
}

function readConfiguration(body: Buffer): Partial<BucketSettings> {
  const document = parseXml(body)['CreateBucketConfiguration'] as
    | { readonly StorageClass?: string; readonly DataRedundancyType?: string }
    | string
    | undefined;
  if (document === undefined) throw malformedXml();
  if (typeof document === 'string') return {};
  const { StorageClass: storageClass, DataRedundancyType: redundancy } = document;
  if (storageClass !== undefined && !['Standard', 'IA'].includes(storageClass)) {
    throw notImplemented(`the storage class ${storageClass}`);
  }
  return { ...(storageClass && { storageClass }), ...(redundancy && { redundancy }) };
}

function bucketElements(args: { readonly bucket: Bucket; readonly place: OssPlace }) {
  const { region } = args.place;
  return {
    Name: args.bucket.name,
    Location: `oss-${region}`,
    Region: region,
    CreationDate: xmlTime(args.bucket.created),
    ExtranetEndpoint: `oss-${region}.aliyuncs.com`,
    IntranetEndpoint: `oss-${region}-internal.aliyuncs.com`,
    StorageClass: args.bucket.settings.storageClass,
  };
}
