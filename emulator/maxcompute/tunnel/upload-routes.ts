import type { UploadSessionJson } from '../../../alibaba/maxcompute/wire/tunnel-session';
import { invalid, notFound } from '../api-error';
import { freshPartition } from '../execute/partitions';
import { namedPartition } from '../rest/named-partition';
import { columnJson, existing } from '../rest/tables';
import { type ApiAnswer, type ApiRequest, json, type Service } from '../service';
import type { StoredColumn, StoredTable } from '../store/table';
import { arrowBatches } from './columns/arrow-reader';
import { MAX_FIELD_BYTES } from './columns/check-column';
import { type ColumnBatch, recordBatches } from './columns/record-columns';
import { decompressed } from './compression/compression';
import type { UploadSession } from './upload-session';

interface Asked {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
}

/** POST ?uploads, PUT ?uploadid&blockid, GET and POST ?uploadid. */
export async function uploadTable({ service, request, name }: Asked): Promise<ApiAnswer> {
  const { method, query } = request;
  const id = query.get('uploadid');
  if (id === undefined) {
    if (method !== 'POST') throw invalid('An upload is opened by POST');
    return sessionAnswer(await openUpload({ service, request, name }));
  }
  const session = service.uploads.find(id);
  if (!session && method === 'GET' && SESSION_ID.test(id)) {
    return sessionAnswer(expired(id, existing(service, name)));
  }
  if (!session || session.table !== name.toLowerCase()) {
    throw notFound('NoSuchObject', `Upload session ${id} is not found`);
  }
  if (method === 'PUT') return putBlock({ service, request, session });
  if (method === 'POST') return sessionAnswer(await service.uploads.commit(id));
  if (method === 'DELETE') return sessionAnswer(await service.uploads.abort(id));
  return sessionAnswer(session);
}

/** The form of our ids: one of it that isn't known has expired. */
const SESSION_ID = /^\d{17}[0-9a-f]{16}$/;

/** The official client opens a new session when it reads EXPIRED, and fails on a 404. */
function expired(id: string, { columns, partitionKeys }: StoredTable): SessionFacts {
  return { id, status: 'EXPIRED', blocks: [], columns, partitionKeys };
}

async function openUpload({ service, request, name }: Asked): Promise<UploadSession> {
  const table = existing(service, name);
  if (table.kind === 'view') throw invalid(`${table.name} is a view`);
  const { query } = request;
  const partition = await uploadPartition({ service, query, table });
  const overwrite = query.get('overwrite')?.toLowerCase() === 'true';
  return service.uploads.open({ table, partition, overwrite });
}

/** The partition that a request writes to; made when it asks for that. */
export async function uploadPartition({
  service,
  query,
  table,
}: {
  readonly service: Service;
  readonly query: ApiRequest['query'];
  readonly table: StoredTable;
}): Promise<readonly string[] | undefined> {
  const spec = query.get('partition');
  if (table.partitionKeys.length === 0) {
    if (spec) throw invalid(`${table.name} is not partitioned`, 'InvalidPartitionSpec');
    return undefined;
  }
  if (!spec)
    throw invalid(`${table.name} is partitioned: name a partition`, 'InvalidPartitionSpec');
  const values = namedPartition(table, spec);
  const { warehouse } = service;
  if (warehouse.catalog.partition(table, values)) return values;
  if (!wants(query.get('create_partition'))) {
    throw notFound('NoSuchPartition', `Partition ${spec} of ${table.name} is not found`);
  }
  await warehouse.change(async () => {
    const known = warehouse.catalog.partition(table, values);
    const fresh = freshPartition({ values, now: Date.now(), records: 0 });
    const partitions = known ? [] : [fresh];
    return { change: { putPartitions: { table, partitions } }, result: undefined };
  });
  return values;
}

/** `create_partition=true`, or without a value. */
function wants(text: string | undefined): boolean {
  return text !== undefined && text.toLowerCase() !== 'false';
}

async function putBlock({
  service,
  request,
  session,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly session: UploadSession;
}): Promise<ApiAnswer> {
  const block = Number(request.query.get('blockid') ?? Number.NaN);
  if (!Number.isInteger(block) || block < 0 || block > 19_999) {
    throw invalid('blockid must be a whole number from 0 to 19999', 'InvalidBlockID');
  }
  const source = decompressed({
    body: request.body,
    encoding: request.headers['content-encoding'],
  });
  await service.uploads.writeBlock({
    id: session.id,
    block,
    batches: blockBatches({ columns: session.columns, source, arrow: request.query.has('arrow') }),
  });
  return {};
}

/** The rows of a block, in the form that it came in. */
export function blockBatches({
  columns,
  source,
  arrow,
}: {
  readonly columns: readonly StoredColumn[];
  readonly source: AsyncIterable<Uint8Array>;
  readonly arrow: boolean;
}): AsyncIterable<ColumnBatch> {
  return arrow
    ? arrowBatches({ columns, source })
    : recordBatches({ columns, source, maxFieldBytes: MAX_FIELD_BYTES });
}

type SessionFacts = Pick<UploadSession, 'id' | 'blocks' | 'columns' | 'partitionKeys'> & {
  readonly status: UploadSessionJson['Status'];
};

function sessionAnswer(session: SessionFacts): ApiAnswer {
  const answer: UploadSessionJson = {
    UploadID: session.id,
    Status: session.status,
    UploadedBlockList: session.blocks.map((block) => ({ BlockID: block.id })),
    Schema: {
      columns: session.columns.map(columnJson),
      partitionKeys: session.partitionKeys.map(columnJson),
    },
    MaxFieldSize: MAX_FIELD_BYTES,
  };
  return json(answer);
}
