import type { PartitionValues } from './partition-spec';
import { childrenOf, childText, escapeXml, parseXml } from './xml';

/** A partition in the answer to `?partitions`; times are epoch seconds. */
export interface ListedPartition {
  readonly values: PartitionValues;
  /** `a=1/b=2`, when names were asked for. */
  readonly name?: string;
  readonly creationTime?: number;
  readonly lastModifiedTime?: number;
  readonly size?: number;
  readonly recordCount?: number;
}

/** A page of partitions; without a marker it is the last. */
export interface PartitionPage {
  readonly partitions: readonly ListedPartition[];
  readonly marker?: string;
  readonly maxItems?: number;
}

function optional(name: string, value: number | undefined): string {
  return value === undefined ? '' : `<${name}>${value}</${name}>`;
}

/** Builds the answer to `?partitions`. */
export function buildPartitionListXml(page: PartitionPage): string {
  const partitions = page.partitions.map(({ values, name, ...facts }) => {
    const columns = Object.entries(values).map(
      ([name, value]) => `<Column Name="${escapeXml(name)}" Value="${escapeXml(value)}"/>`,
    );
    return [
      '<Partition>',
      name === undefined ? '' : `<Name>${escapeXml(name)}</Name>`,
      ...columns,
      optional('CreationTime', facts.creationTime),
      optional('LastModifiedTime', facts.lastModifiedTime),
      optional('PartitionSize', facts.size),
      optional('PartitionRecordCount', facts.recordCount),
      '</Partition>',
    ].join('');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Partitions>',
    `<Marker>${escapeXml(page.marker ?? '')}</Marker>`,
    `<MaxItems>${page.maxItems ?? page.partitions.length}</MaxItems>`,
    ...partitions,
    '</Partitions>',
  ].join('');
}

/** Parses the answer to `?partitions`. */
export function parsePartitionListXml(text: string): PartitionPage {
  const root = parseXml(text);
  const partitions = childrenOf(root, 'Partition').map((partition) => {
    const numberIn = (name: string): number | undefined => {
      const value = childText(partition, name)?.trim();
      return value && /^-?\d+$/.test(value) ? Number(value) : undefined;
    };
    return {
      values: Object.fromEntries(
        childrenOf(partition, 'Column').map(({ attributes }) => [
          attributes.Name,
          attributes.Value,
        ]),
      ),
      creationTime: numberIn('CreationTime'),
      lastModifiedTime: numberIn('LastModifiedTime'),
      size: numberIn('PartitionSize'),
      recordCount: numberIn('PartitionRecordCount'),
    };
  });
  return { partitions, marker: childText(root, 'Marker')?.trim() || undefined };
}
