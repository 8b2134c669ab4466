import { malformedXml, parseXml } from './documents';
import { OssError } from './oss-error';
import type { XmlNode } from './xml';

type Tags = Readonly<Record<string, string>>;

const MAX_TAGS = 10;
const MAX_KEY = 128;
const MAX_VALUE = 256;
/** Letters, digits, spaces and + - = . _ : / are what keys and values are made of. */
const ALLOWED = /^[\p{L}\p{N}\p{M} +\-=._:/]*$/u;

/** Reads `x-oss-tagging: a=1&b=2`, whose keys and values are percent-encoded. */
export function readTaggingHeader(header: string | undefined): Tags {
  if (header === undefined || header === '') return {};
  const pairs = header.split('&').map((pair): readonly [string, string] => {
    const [key, value = '', ...more] = pair.split('=');
    if (more.length > 0) throw invalidTag();
    return [decode(key), decode(value)];
  });
  return checked(pairs);
}

/** Reads the document of PutObjectTagging. */
export function readTagging(body: Buffer): Tags {
  const tagging = parseXml(body)['Tagging'] as { readonly TagSet?: unknown } | undefined;
  if (tagging?.TagSet === undefined) throw malformedXml();
  const set = tagging.TagSet as { readonly Tag?: unknown };
  const tags = ([] as unknown[]).concat(set.Tag ?? []) as readonly {
    readonly Key?: unknown;
    readonly Value?: unknown;
  }[];
  return checked(
    tags.map(({ Key, Value = '' }) => {
      if (typeof Key !== 'string' || typeof Value !== 'string') throw malformedXml();
      return [Key, Value] as const;
    }),
  );
}

/** The children of the document that GetObjectTagging answers with. */
export function taggingElements(tags: Tags): XmlNode {
  return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
}

function checked(pairs: readonly (readonly [string, string])[]): Tags {
  const tags = Object.fromEntries(pairs);
  const isFine = pairs.every(
    ([key, value]) =>
      key !== '' &&
      key.length <= MAX_KEY &&
      value.length <= MAX_VALUE &&
      ALLOWED.test(key) &&
      ALLOWED.test(value),
  );
  const isUnique = Object.keys(tags).length === pairs.length;
  if (!isFine || !isUnique || pairs.length > MAX_TAGS) throw invalidTag();
  return tags;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    throw invalidTag();
  }
}

function invalidTag(): OssError {
  return new OssError(400, 'InvalidTag', 'The tag you specified is not valid.');
}
