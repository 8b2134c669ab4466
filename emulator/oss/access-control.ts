import type { Bucket } from './bucket';
import type { Acl, ObjectRecord } from './bucket-records';
import { OssError } from './oss-error';

/** What an operation does to what it is about; those that only the owner may use have none. */
export type Access = 'read' | 'write';

/** True for the names that an access control list has. */
export function isAcl(name: string): name is Acl {
  return name === 'private' || name === 'public-read' || name === 'public-read-write';
}

/** Refuses a request without a signature, unless the object's (or else the bucket's) list lets anyone in. */
export function checkAnonymous(args: {
  readonly bucket: Bucket;
  readonly object?: ObjectRecord;
  readonly access?: Access;
}): void {
  const acl = args.object?.acl ?? args.bucket.settings.acl;
  if (args.access === 'read' && acl !== 'private') return;
  if (args.access === 'write' && acl === 'public-read-write') return;
  const what = args.object ? 'object' : 'bucket';
  throw new OssError(
    403,
    'AccessDenied',
    `You have no right to access this ${what} because of ${what} acl.`,
  );
}
