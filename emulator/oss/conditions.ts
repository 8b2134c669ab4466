import type { ObjectRecord } from './bucket-records';
import { OssError } from './oss-error';

/** Checks If-Match, If-None-Match, If-(Un)modified-Since; true when the answer is 304. */
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

/** The bytes that a Range header asks for; undefined for the whole object. Both ends are included. */
export function requestedRange(args: {
  readonly object: ObjectRecord;
  readonly headers: ReadonlyMap<string, string>;
}): { readonly first: number; readonly last: number } | undefined {
  const { size } = args.object;
  const header = args.headers.get('range');
  if (header === undefined) return undefined;
  const range = parseRange(header, size);
  if (range) return range;
  // OSS answers a range that can't be served with the whole object, unless it is told to be strict.
  if (args.headers.get('x-oss-range-behavior') !== 'standard') return undefined;
  throw new OssError(416, 'InvalidRange', 'The requested range cannot be satisfied.', {
    ActualObjectSize: String(size),
    RangeRequested: header,
  });
}

function parseRange(
  header: string,
  size: number,
): { readonly first: number; readonly last: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const from = match[1] === '' ? Math.max(size - Number(match[2]), 0) : Number(match[1]);
  const to = match[1] === '' || match[2] === '' ? size - 1 : Number(match[2]);
  if (from > to || from >= size) return undefined;
  return { first: from, last: Math.min(to, size - 1) };
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
