import { buildPartitionListXml } from '../../../alibaba/maxcompute/wire/partition-list';
import { parsePartitionSpec } from '../../../alibaba/maxcompute/wire/partition-spec';
import {
  buildPartitionXml,
  buildTableXml,
  type ColumnJson,
} from '../../../alibaba/maxcompute/wire/table-schema';
import { escapeXml } from '../../../alibaba/maxcompute/wire/xml';
import { notFound } from '../api-error';
import { type ApiAnswer, type ApiRequest, type Service, xml } from '../service';
import { typeName } from '../sql/types';
import {
  partitionName,
  type StoredColumn,
  type StoredPartition,
  type StoredTable,
} from '../store/table';
import { tableRecords } from '../store/table-records';
import { headRows } from './head';
import { namedPartition } from './named-partition';

const PAGE = 1000;
const seconds = (time: number): number => Math.floor(time / 1000);

/** GET /projects/{p}/tables/{t} in all its forms. */
export async function getTable({
  service,
  request,
  name,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
}): Promise<ApiAnswer> {
  const { query } = request;
  const table = existing(service, name);
  if (query.has('partitions')) return listPartitions({ service, query, table });
  if (query.has('data')) return headRows({ service, query, table });
  if (query.has('partition')) return getPartition({ service, query, table });
  return tableDocument({ service, table, extended: query.has('extended') });
}

/** The table. Throws 404 NoSuchTable. */
export function existing(service: Service, name: string): StoredTable {
  const table = service.warehouse.catalog.find(name);
  if (table) return table;
  throw notFound('NoSuchTable', `ODPS-0130131:Table not found - ${service.project}.${name}`);
}

/** A column as table JSON has it. */
export function columnJson(column: StoredColumn): ColumnJson {
  return {
    name: column.name,
    type: typeName(column.type).toLowerCase(),
    comment: column.comment ?? '',
    label: '',
    isNullable: column.nullable,
  };
}

/** What `?extended` adds. Nothing here is archived, and no table is transactional. */
const EXTENDED = {
  IsArchived: false,
  PhysicalSize: 0,
  FileNum: 1,
  Reserved: JSON.stringify({ Transactional: 'false' }),
} as const;

function tableDocument({
  service,
  table,
  extended,
}: {
  readonly service: Service;
  readonly table: StoredTable;
  readonly extended: boolean;
}): ApiAnswer {
  const more = extended ? EXTENDED : {};
  const schema = {
    columns: table.columns.map(columnJson),
    partitionKeys: table.partitionKeys.map(columnJson),
    comment: table.comment ?? '',
    owner: table.owner,
    createTime: seconds(table.created),
    lastModifiedTime: seconds(table.modified),
    lastDDLTime: seconds(table.ddlTime),
    lifecycle: table.lifecycle ?? -1,
    size: 0,
    recordNum: tableRecords(service.warehouse.catalog, table),
    isVirtualView: table.kind === 'view',
    isMaterializedView: false,
    viewText: table.viewText ?? '',
    shardExist: false,
    tableProperties: JSON.stringify(table.properties),
    ...more,
  };
  const body = buildTableXml({
    name: table.name,
    tableId: String(table.id),
    owner: table.owner,
    comment: table.comment,
    creationTime: new Date(table.created),
    lastModifiedTime: new Date(table.modified),
    schema,
  });
  return xml(body, { headers: { 'x-odps-owner': table.owner } });
}

function getPartition({
  service,
  query,
  table,
}: {
  readonly service: Service;
  readonly query: ApiRequest['query'];
  readonly table: StoredTable;
}): ApiAnswer {
  const spec = query.get('partition') ?? '';
  const values = namedPartition(table, spec);
  const partition = service.warehouse.catalog.partition(table, values);
  if (!partition) throw notFound('NoSuchPartition', `ODPS-0123031:Partition not found - ${spec}`);
  return xml(
    buildPartitionXml({
      ...(query.has('extended') ? EXTENDED : {}),
      createTime: seconds(partition.created),
      lastDDLTime: seconds(partition.created),
      lastModifiedTime: seconds(partition.modified),
      partitionSize: 0,
      partitionRecordNum: partition.records,
    }),
  );
}

function listPartitions({
  service,
  query,
  table,
}: {
  readonly service: Service;
  readonly query: ApiRequest['query'];
  readonly table: StoredTable;
}): ApiAnswer {
  const prefix = query.get('partition');
  const wanted = prefix ? Object.entries(parsePartitionSpec(prefix)) : [];
  const all = service.warehouse.catalog.partitions(table).filter((partition) =>
    wanted.every(([key, value]) => {
      const at = table.partitionKeys.findIndex((column) => column.name === key.toLowerCase());
      return at >= 0 && partition.values[at] === value;
    }),
  );
  const ordered = query.has('reverse') ? [...all].reverse() : all;
  const from = Number(query.get('marker') || 0);
  // The Java SDK asks for names alone, and for all of them at once.
  const named = query.has('name');
  const size = named ? ordered.length : PAGE;
  const page = ordered.slice(from, from + size);
  const more = from + size < ordered.length;
  return xml(
    buildPartitionListXml({
      marker: more ? String(from + size) : undefined,
      maxItems: size,
      partitions: page.map((partition) => ({
        ...listed(table, partition),
        name: named ? partitionName(table, partition.values) : undefined,
      })),
    }),
  );
}

function listed(
  table: StoredTable,
  partition: StoredPartition,
): Parameters<typeof buildPartitionListXml>[0]['partitions'][number] {
  return {
    values: Object.fromEntries(
      table.partitionKeys.map((key, at) => [key.name, partition.values[at]]),
    ),
    creationTime: seconds(partition.created),
    lastModifiedTime: seconds(partition.modified),
    size: 0,
    recordCount: partition.records,
  };
}

/** GET /projects/{p}/tables. */
export function listTables(service: Service, query: ApiRequest['query']): ApiAnswer {
  const prefix = (query.get('name') ?? '').toLowerCase();
  const type = query.get('type');
  const owner = query.get('owner');
  const all = service.warehouse.catalog
    .list()
    .filter((table) => table.name.startsWith(prefix))
    .filter((table) => !type || kindName(table) === type.toUpperCase())
    .filter((table) => !owner || table.owner === owner);
  const from = Number(query.get('marker') || 0);
  const size = Math.min(Number(query.get('maxitems')) || PAGE, PAGE);
  const more = from + size < all.length;
  const items = all
    .slice(from, from + size)
    .map(
      (table) =>
        `<Table><Name>${escapeXml(table.name)}</Name><TableId>${table.id}</TableId>` +
        `<Comment>${escapeXml(table.comment ?? '')}</Comment><Owner>${escapeXml(table.owner)}</Owner>` +
        `<Type>${kindName(table)}</Type><CreationTime>${new Date(table.created).toUTCString()}</CreationTime>` +
        `<LastModifiedTime>${new Date(table.modified).toUTCString()}</LastModifiedTime></Table>`,
    );
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Tables><Marker>${more ? from + size : ''}</Marker><MaxItems>${size}</MaxItems>${items.join('')}</Tables>`,
  );
}

function kindName(table: StoredTable): string {
  return table.kind === 'view' ? 'VIRTUAL_VIEW' : 'MANAGED_TABLE';
}
