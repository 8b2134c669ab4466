import { CloudError } from '../cloud-error';
import { codecError } from './maxcompute-errors';
import type { SignedHttp } from './signed-http';
import { type ListedPartition, parsePartitionListXml } from './wire/partition-list';
import { formatPartitionSpec, type PartitionValues } from './wire/partition-spec';
import { columnOf, parseTableXml } from './wire/table-schema';
import type { Column } from './wire/value';

/** A table as the service describes it. */
export interface TableDescription {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly partitionKeys: readonly Column[];
  readonly lastModified: Date;
  readonly recordCount?: number;
  /** Bytes. */
  readonly size?: number;
}

/** A partition; `spec` is written `run_id=20250710_073527`. */
export interface PartitionDescription {
  readonly spec: string;
  readonly values: PartitionValues;
  readonly lastModified?: Date;
  readonly recordCount?: number;
}

const ABSENT_TABLE = new Set(['NoSuchTable', 'NoSuchObject', 'ODPS-0130131']);

/** Reads what the service knows about tables and partitions. */
export class TableMetadata {
  private readonly http: SignedHttp;
  private readonly project: string;

  constructor(options: { readonly http: SignedHttp; readonly project: string }) {
    this.http = options.http;
    this.project = options.project;
  }

  /** The description of a table, undefined when there is none of that name. */
  async describe({ table }: { readonly table: string }): Promise<TableDescription | undefined> {
    const operation = 'GetTable';
    try {
      const path = ['projects', this.project, 'tables', table];
      const { body } = await this.http.text({ operation, method: 'GET', path });
      return describe(body);
    } catch (error) {
      if (error instanceof CloudError && error.statusCode === 404 && ABSENT_TABLE.has(error.code)) {
        return undefined;
      }
      throw codecError(operation, error);
    }
  }

  /** All partitions of a table, page by page. Throws CloudError `NoSuchTable`. */
  async partitions({ table }: { readonly table: string }): Promise<PartitionDescription[]> {
    const operation = 'ListPartitions';
    const partitions: PartitionDescription[] = [];
    let marker: string | undefined;
    do {
      const { body } = await this.http.text({
        operation,
        method: 'GET',
        path: ['projects', this.project, 'tables', table],
        query: { partitions: '', expectmarker: 'true', marker },
      });
      try {
        const page = parsePartitionListXml(body);
        partitions.push(...page.partitions.map(partitionOf));
        marker = page.marker === marker ? undefined : page.marker;
      } catch (error) {
        throw codecError(operation, error);
      }
    } while (marker);
    return partitions;
  }
}

function describe(body: string): TableDescription {
  const { name, lastModifiedTime, schema } = parseTableXml(body);
  const seconds = schema.lastModifiedTime;
  return {
    name,
    columns: schema.columns.map(columnOf),
    partitionKeys: schema.partitionKeys.map(columnOf),
    lastModified:
      seconds === undefined ? (lastModifiedTime ?? new Date(0)) : new Date(seconds * 1000),
    recordCount: known(schema.recordNum),
    size: known(schema.size),
  };
}

/** The service writes -1 for what it doesn't know. */
function known(value: number | undefined): number | undefined {
  return value === undefined || value < 0 ? undefined : value;
}

function partitionOf({
  values,
  lastModifiedTime,
  recordCount,
}: ListedPartition): PartitionDescription {
  return {
    spec: formatPartitionSpec(values),
    values,
    lastModified: lastModifiedTime === undefined ? undefined : new Date(lastModifiedTime * 1000),
    recordCount: known(recordCount),
  };
}
