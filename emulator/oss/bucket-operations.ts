import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import type { Bucket } from './bucket';
import type { Buckets } from './buckets';
import { encoder } from './list-objects';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { OssError } from './oss-error';
import { type OssRequest, readBody } from './oss-request';
import { xmlTime } from './xml';

/** What the account and the place are called in answers. */
export interface OssPlace {
  readonly region: string;
  readonly accountId: string;
}

const MAX_DELETES = 1000;
const parser = new XMLParser({ parseTagValue: false, trimValues: false, htmlEntities: true });

/** GetService (ListBuckets). */
export function listBuckets(args: {
  readonly buckets: Buckets;
  readonly place: OssPlace;
}): OssAnswer {
  const { place } = args;
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: { ID: place.accountId, DisplayName: place.accountId },
    Buckets: { Bucket: args.buckets.all().map((bucket) => bucketElements({ bucket, place })) },
  });
}

/** GetBucketInfo. */
export function bucketInfo(args: { readonly bucket: Bucket; readonly place: OssPlace }): OssAnswer {
  const { accountId } = args.place;
  return xmlAnswer('BucketInfo', {
    Bucket: {
      ...bucketElements(args),
      Owner: { ID: accountId, DisplayName: accountId },
      AccessControlList: { Grant: 'private' },
      DataRedundancyType: 'LRS',
      Versioning: '',
    },
  });
}

/** GetBucketAcl: every bucket of the local cloud is private. */
export function bucketAcl(args: { readonly place: OssPlace }): OssAnswer {
  const { accountId } = args.place;
  return xmlAnswer('AccessControlPolicy', {
    Owner: { ID: accountId, DisplayName: accountId },
    AccessControlList: { Grant: 'private' },
  });
}

/** GetBucketLocation. */
export function bucketLocation(args: { readonly place: OssPlace }): OssAnswer {
  return xmlAnswer('LocationConstraint', `oss-${args.place.region}`);
}

/** DeleteMultipleObjects: up to 1,000 keys; absent ones count as deleted. */
export async function deleteObjects(args: {
  readonly bucket: Bucket;
  readonly request: OssRequest;
}): Promise<OssAnswer> {
  const { bucket, request } = args;
  const body = await readBody(request);
  const md5 = request.headers.get('content-md5');
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) {
    throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  const { keys, quiet } = readDeletes(body);
  for (const key of keys) await bucket.exclusively(key, () => bucket.delete([key]));
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

/** Reads an XML body; refuses what isn't XML. */
export function parseXml(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return parser.parse(body.toString('utf8'), true) as Record<string, unknown>;
  } catch {
    throw malformedXml();
  }
}

/** 400 for a body that isn't the document the operation takes. */
export function malformedXml(): OssError {
  return new OssError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  );
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
    StorageClass: 'Standard',
  };
}
