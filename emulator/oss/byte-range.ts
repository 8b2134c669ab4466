import { OssError } from './oss-error';

/** Bytes of an object; both ends are included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes that a Range header asks for; undefined for the whole object. OSS serves only ranges that lie
 * within the object and answers any other with the whole; `x-oss-range-behavior: standard` makes it clip the
 * end as HTTP says, and refuse (416) what begins behind the object or names several ranges.
 */
export function requestedRange(args: {
  readonly size: number;
  readonly headers: ReadonlyMap<string, string>;
}): ByteRange | undefined {
  const header = args.headers.get('range');
  if (header === undefined) return undefined;
  const { size } = args;
  const isStandard = args.headers.get('x-oss-range-behavior') === 'standard';
  const unsatisfied = (): OssError => invalidRange({ size, range: header });
  const [one, ...more] = header.trim().split(',');
  if (more.length > 0 && isStandard) throw unsatisfied();
  const range = parseRange(one, size);
  if (!range) return undefined;
  if (range.first < size && range.first >= 0 && range.last < size) return range;
  if (!isStandard) return undefined;
  if (range.first >= size) throw unsatisfied();
  return { first: Math.max(range.first, 0), last: Math.min(range.last, size - 1) };
}

/** The bytes that `x-oss-copy-source-range` asks for; it must lie within the source. */
export function copiedRange(args: { readonly size: number; readonly header: string }): ByteRange {
  const { size, header } = args;
  const range = parseRange(header.trim(), size);
  if (range && range.first >= 0 && range.first < size && range.last < size) return range;
  throw invalidRange({ size, range: header });
}

/** As written: the result may lie outside of the object. Undefined for what isn't a range. */
function parseRange(text: string, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  if (match[1] === '') return { first: size - Number(match[2]), last: size - 1 };
  const first = Number(match[1]);
  if (match[2] === '') return { first, last: Math.max(size - 1, first) };
  const last = Number(match[2]);
  return first > last ? undefined : { first, last };
}

function invalidRange(args: { readonly size: number; readonly range: string }): OssError {
  return new OssError(416, 'InvalidRange', 'The requested range cannot be satisfied', {
    ActualObjectSize: String(args.size),
    RangeRequested: args.range,
  });
}
