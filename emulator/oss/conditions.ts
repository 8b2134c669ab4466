import type { ObjectRecord } from './bucket-records';
import { OssError } from './oss-error';

/** Checks If-Match, If-None-Match, If-(Un)modified-Since; true when the answer is 304. A time that is none is ignored. */
export function isNotModified(args: {
  readonly object: ObjectRecord;
  readonly headers: ReadonlyMap<string, string>;
  /** `x-oss-copy-source-` for the conditions of a copy's source. */
  readonly prefix?: string;
}): boolean {
  const { object, prefix = '' } = args;
  const header = (name: string): string | undefined => args.headers.get(`${prefix}${name}`);
  const seconds = Math.floor(object.modified / 1000) * 1000;
  const match = header('if-match');
  if (match !== undefined && !names(match, object)) throw preconditionFailed('If-Match');
  const unmodified = Date.parse(header('if-unmodified-since') ?? '');
  if (seconds > unmodified) throw preconditionFailed('If-Unmodified-Since');
  const none = header('if-none-match');
  if (none !== undefined) return names(none, object);
  return seconds <= Date.parse(header('if-modified-since') ?? '');
}

/** PutObject takes no conditions. */
export function refuseConditions(headers: ReadonlyMap<string, string>): void {
  const name = ['If-Modified-Since', 'If-Unmodified-Since', 'If-Match', 'If-None-Match'].find(
    (one) => headers.has(one.toLowerCase()),
  );
  if (name === undefined) return;
  throw new OssError(
    400,
    'NotImplemented',
    'A header you provided implies functionality that is not implemented.',
    { Header: name },
  );
}

function names(header: string, object: ObjectRecord): boolean {
  return header
    .split(',')
    .map((tag) => tag.trim().replace(/^"|"$/g, ''))
    .some((tag) => tag === '*' || tag.toUpperCase() === object.etag);
}

function preconditionFailed(condition: string): OssError {
  return new OssError(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold.',
    { Condition: condition },
  );
}
