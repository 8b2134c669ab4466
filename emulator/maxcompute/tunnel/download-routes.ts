import { ArrowFramer } from '../../../alibaba/maxcompute/wire/arrow-frames';
import {
  type DownloadSessionJson,
  parseRowRange,
} from '../../../alibaba/maxcompute/wire/tunnel-session';
import { invalid, notFound } from '../api-error';
import { resultTable } from '../instances/instance';
import { existingInstance } from '../rest/instances';
import { namedPartition } from '../rest/named-partition';
import { columnJson, existing } from '../rest/tables';
import { type ApiAnswer, type ApiRequest, json, type Service } from '../service';
import type { TimestampForm } from './columns/arrow-types';
import { ArrowEncoder } from './columns/arrow-writer';
import { type ColumnBatch, ColumnRecordEncoder } from './columns/record-columns';
import { compressed } from './compression/compression';
import type { DownloadSession, SourceColumn } from './downloads';
import { readBatches } from './read-batches';

const CHUNK_BYTES = 64 * 1024;

/** POST ?downloads, GET ?downloadid, GET ?downloadid&data&rowrange of a table. */
export async function downloadTable({
  service,
  request,
  name,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
}): Promise<ApiAnswer> {
  const { query } = request;
  if (query.has('downloadid')) return known(service, request);
  const table = existing(service, name);
  if (table.kind === 'view') throw invalid(`${table.name} is a view: its rows are read by SQL`);
  const spec = query.get('partition');
  if (!spec) return sessionAnswer(await service.downloads.openTable(table, undefined));
  const values = namedPartition(table, spec);
  if (!service.warehouse.catalog.partition(table, values)) {
    throw notFound('NoSuchPartition', `Partition ${spec} of ${table.name} is not found`);
  }
  return sessionAnswer(await service.downloads.openTable(table, values));
}

/** The same for the rows of a SELECT. */
export async function downloadInstance({
  service,
  request,
  id,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly id: string;
}): Promise<ApiAnswer> {
  if (request.query.has('downloadid')) return known(service, request);
  existingInstance(service, id);
  await service.instances.settled(id, 60_000);
  const { result, state, message } = existingInstance(service, id);
  if (state === 'Failed') throw invalid(message ?? 'The instance has failed');
  if (result?.kind !== 'rows') {
    throw invalid('The instance is not a SELECT: it has no rows', 'InstanceTypeNotSupported');
  }
  const columns = result.columns.map(({ name, type }, index) => ({
    name,
    type,
    nullable: true,
    ref: `c${index}`,
  }));
  const limited = request.query.has('instance_tunnel_limit_enabled') ? ' LIMIT 10000' : '';
  const source = `(SELECT * FROM ${resultTable(id)}${limited})`;
  return sessionAnswer(
    await service.downloads.openSource({
      source,
      columns,
      partitionKeys: [],
      timestamps: 'struct',
    }),
  );
}

async function known(service: Service, request: ApiRequest): Promise<ApiAnswer> {
  const id = request.query.get('downloadid') ?? '';
  const session = service.downloads.find(id);
  // The official client opens a new session when it reads EXPIRED, and fails on a 404.
  if (!session && !request.query.has('data')) return json(expired(id));
  if (!session) throw notFound('NoSuchObject', `Download session ${id} is not found`);
  return request.query.has('data')
    ? readRows({ service, request, session })
    : sessionAnswer(session);
}

function expired(id: string): DownloadSessionJson {
  return {
    DownloadID: id,
    Status: 'EXPIRED',
    RecordCount: 0,
    Schema: { columns: [], partitionKeys: [] },
  };
}

function sessionAnswer(session: DownloadSession): ApiAnswer {
  const answer: DownloadSessionJson = {
    DownloadID: session.id,
    Status: 'NORMAL',
    RecordCount: session.records,
    Schema: {
      columns: session.columns.map(columnJson),
      partitionKeys: session.partitionKeys.map(columnJson),
    },
  };
  return json(answer);
}

async function readRows({
  service,
  request,
  session,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly session: DownloadSession;
}): Promise<ApiAnswer> {
  const { query, headers } = request;
  const range = parseRowRange(query.get('rowrange') ?? '');
  if (!range) throw invalid('rowrange must be (start,count)', 'InvalidRowRange');
  const columns = chosenColumns(session, query.get('columns'), query.has('arrow'));
  const batches = readBatches({ downloads: service.downloads, session, columns, range });
  const { body, headers: encoding } = compressed({
    body: query.has('arrow')
      ? arrowStream({ columns, batches, timestamps: session.timestamps })
      : recordStream(columns, batches),
    accepted: headers['accept-encoding'],
  });
  return { type: 'application/octet-stream', headers: encoding, body };
}

/**
 * The columns of the request: fields of records are numbered in the order of the request, columns
 * of Arrow stand in the order of the table, as the official client reads them.
 */
function chosenColumns(
  session: DownloadSession,
  asked: string | undefined,
  arrow: boolean,
): readonly SourceColumn[] {
  if (!asked) return session.columns;
  const columns = asked.split(',').map((name) => {
    const wanted = name.trim().toLowerCase();
    const column = session.columns.find((candidate) => candidate.name === wanted);
    if (!column) throw invalid(`Column ${name} is not found`, 'NoSuchColumn');
    return column;
  });
  return arrow ? session.columns.filter((column) => columns.includes(column)) : columns;
}

/** Rows of a batch that are encoded before their bytes go out. */
const SLICE_ROWS = 1024;

async function* recordStream(
  columns: readonly SourceColumn[],
  batches: AsyncIterable<ColumnBatch>,
): AsyncGenerator<Buffer> {
  const encoder = new ColumnRecordEncoder(columns);
  for await (const batch of batches) {
    for (let from = 0; from < batch.rows; from += SLICE_ROWS) {
      encoder.write(batch.columns, from, Math.min(from + SLICE_ROWS, batch.rows));
      if (encoder.size >= CHUNK_BYTES) yield encoder.take();
    }
  }
  yield encoder.finish();
}

async function* arrowStream({
  columns,
  batches,
  timestamps,
}: {
  readonly columns: readonly SourceColumn[];
  readonly batches: AsyncIterable<ColumnBatch>;
  readonly timestamps: TimestampForm;
}): AsyncGenerator<Uint8Array> {
  const encoder = new ArrowEncoder(columns, timestamps);
  const framer = new ArrowFramer();
  for await (const batch of batches) yield* framer.push(encoder.encode(batch));
  yield framer.finish();
}
