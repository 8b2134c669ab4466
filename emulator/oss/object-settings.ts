import { isAcl } from './access-control';
import { aclAnswer } from './bucket-operations';
import type { ObjectRecord } from './bucket-records';
import type { ObjectCall } from './calls';
import { readDocument } from './documents';
import { found } from './object-operations';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument } from './oss-error';
import { readTagging, taggingElements } from './tags';

/** GetObjectTagging. */
export function getObjectTagging(call: ObjectCall): OssAnswer {
  return xmlAnswer('Tagging', taggingElements(found(call).tags ?? {}));
}

/** PutObjectTagging: replaces all tags; the time of the last change stays. */
export async function putObjectTagging(call: ObjectCall): Promise<OssAnswer> {
  found(call);
  const tags = readTagging(await readDocument(call.request));
  await change(call, ({ tags: _, ...object }) =>
    Object.keys(tags).length > 0 ? { ...object, tags } : object,
  );
  return { status: 200 };
}

/** DeleteObjectTagging. */
export async function deleteObjectTagging(call: ObjectCall): Promise<OssAnswer> {
  await change(call, ({ tags: _, ...object }) => object);
  return { status: 204 };
}

/** GetObjectAcl: `default` is the bucket's. */
export function getObjectAcl(call: ObjectCall): OssAnswer {
  return aclAnswer(call.place, found(call).acl ?? 'default');
}

/** PutObjectAcl. */
export async function putObjectAcl(call: ObjectCall): Promise<OssAnswer> {
  const acl = call.request.headers.get('x-oss-object-acl') ?? '';
  if (acl !== 'default' && !isAcl(acl)) {
    throw invalidArgument('x-oss-object-acl', 'no such object access control exists');
  }
  await change(call, ({ acl: _, ...object }) => (acl === 'default' ? object : { ...object, acl }));
  return { status: 200 };
}

async function change(
  call: ObjectCall,
  edit: (object: ObjectRecord) => ObjectRecord,
): Promise<void> {
  await call.bucket.exclusively(call.key, () => call.bucket.put(edit(found(call))));
}
