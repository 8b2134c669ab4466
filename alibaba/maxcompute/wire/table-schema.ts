import type { Column } from './value';
import { WireError } from './wire-error';
import { cdata, childText, escapeXml, parseXml } from './xml';

/** A column in table and session JSON; the service writes more fields than these. */
export interface ColumnJson {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
  readonly label?: string;
  readonly isNullable?: boolean;
}

/** The JSON in `<Schema format="Json">` of a table; times are epoch seconds. */
export interface TableSchemaJson {
  readonly columns: readonly ColumnJson[];
  readonly partitionKeys: readonly ColumnJson[];
  readonly comment?: string;
  readonly owner?: string;
  readonly createTime?: number;
  readonly lastModifiedTime?: number;
  readonly lastDDLTime?: number;
  readonly lifecycle?: number;
  readonly size?: number;
  readonly recordNum?: number;
  readonly isVirtualView?: boolean;
  readonly viewText?: string;
  readonly tableProperties?: string;
}

/** The JSON in `<Schema>` of a partition; times are epoch seconds. */
export interface PartitionSchemaJson {
  readonly createTime?: number;
  readonly lastDDLTime?: number;
  readonly lastModifiedTime?: number;
  readonly partitionSize?: number;
  readonly partitionRecordNum?: number;
  /** The rest comes with `?extended` alone. */
  readonly IsArchived?: boolean;
  readonly PhysicalSize?: number;
  readonly FileNum?: number;
  /** JSON as text. */
  readonly Reserved?: string;
}

/** What the answer to GET of a table holds. */
export interface TableDocument {
  readonly name: string;
  readonly tableId?: string;
  readonly owner?: string;
  readonly comment?: string;
  readonly creationTime?: Date;
  readonly lastModifiedTime?: Date;
  readonly schema: TableSchemaJson;
}

/** A column of the wire as our own: names in lower case, types in upper case. */
export function columnOf({ name, type, comment, isNullable }: ColumnJson): Column {
  return {
    name: name.toLowerCase(),
    type: type.toUpperCase(),
    ...(comment ? { comment } : {}),
    ...(isNullable === undefined ? {} : { nullable: isNullable }),
  };
}

/** Builds the answer to GET of a table. */
export function buildTableXml(table: TableDocument): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Table>',
    `<Name>${escapeXml(table.name)}</Name><TableId>${escapeXml(table.tableId ?? '')}</TableId>`,
    `<Schema format="Json">${cdata(JSON.stringify(table.schema))}</Schema>`,
    `<Comment>${escapeXml(table.comment ?? '')}</Comment>`,
    `<Owner>${escapeXml(table.owner ?? '')}</Owner>`,
    `<Type>${table.schema.isVirtualView ? 'VIRTUAL_VIEW' : 'MANAGED_TABLE'}</Type>`,
    `<CreationTime>${table.creationTime?.toUTCString() ?? ''}</CreationTime>`,
    `<LastModifiedTime>${table.lastModifiedTime?.toUTCString() ?? ''}</LastModifiedTime>`,
    '</Table>',
  ].join('');
}

function jsonIn<T>(text: string | undefined, what: string): T {
  try {
    const json = JSON.parse(text ?? '') as unknown;
    if (typeof json === 'object' && json !== null) return json as T;
  } catch {
    // Falls through to the error below, which names the document.
  }
  throw new WireError('malformed', `The schema of the ${what} is no JSON object`);
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text ? new Date(text) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** Parses the answer to GET of a table. */
export function parseTableXml(text: string): TableDocument {
  const root = parseXml(text);
  const schema = jsonIn<Partial<TableSchemaJson>>(childText(root, 'Schema'), 'table');
  if (!Array.isArray(schema.columns)) throw new WireError('malformed', 'The table has no columns');
  return {
    name: childText(root, 'Name') ?? '',
    tableId: childText(root, 'TableId') || undefined,
    owner: childText(root, 'Owner') || undefined,
    comment: childText(root, 'Comment') || undefined,
    creationTime: dateOf(childText(root, 'CreationTime')),
    lastModifiedTime: dateOf(childText(root, 'LastModifiedTime')),
    schema: { ...schema, columns: schema.columns, partitionKeys: schema.partitionKeys ?? [] },
  };
}

/** Builds the answer to GET of one partition. */
export function buildPartitionXml(schema: PartitionSchemaJson): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Partition><Schema>${cdata(JSON.stringify(schema))}</Schema></Partition>`;
}

/** Parses the answer to GET of one partition. */
export function parsePartitionXml(text: string): PartitionSchemaJson {
  return jsonIn<PartitionSchemaJson>(childText(parseXml(text), 'Schema'), 'partition');
}
