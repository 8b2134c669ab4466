import type { SessionSchemaJson } from '../../../alibaba/maxcompute/wire/tunnel-session';
import { invalid } from '../api-error';
import { columnJson, existing } from '../rest/tables';
import { type ApiAnswer, type ApiRequest, json, type Service } from '../service';
import type { StoredTable } from '../store/table';
import { decompressed } from './compression/compression';
import type { StreamSession } from './streams';
import { blockBatches, uploadPartition } from './upload-routes';

/** The answer to opening and asking for a streaming upload (pyodps 0.13, `TableStreamUploadSession`). */
interface StreamJson {
  readonly session_name: string;
  readonly status: 'normal';
  readonly slots: readonly (readonly [string, string])[];
  readonly schema: SessionSchemaJson;
  readonly schema_version: string;
  readonly last_batch_id: number;
  readonly last_batch_commit_time?: number;
}

/** POST …/streams opens, PUT writes a part, GET asks, POST ?uploadid gives up. */
export async function streamTable({
  service,
  request,
  name,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
}): Promise<ApiAnswer> {
  const { method, query } = request;
  const table = existing(service, name);
  const id = query.get('uploadid');
  if (id === undefined) {
    if (method !== 'POST') throw invalid('A stream is opened by POST');
    if (table.kind === 'view') throw invalid(`${table.name} is a view`);
    if (query.get('dynamic_partition') === 'true') {
      throw invalid('dynamic_partition is not supported by the local MaxCompute');
    }
    const partition = await uploadPartition({ service, query, table });
    return sessionAnswer({ service, table, session: service.streams.open(table, partition) });
  }
  const session = service.streams.find(id, table);
  if (method === 'PUT') return writePart({ service, request, table, session });
  if (method === 'POST') service.streams.end(id);
  return sessionAnswer({ service, table, session });
}

async function writePart({
  service,
  request,
  table,
  session,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly table: StoredTable;
  readonly session: StreamSession;
}): Promise<ApiAnswer> {
  const { headers, query } = request;
  const source = decompressed({ body: request.body, encoding: headers['content-encoding'] });
  await service.uploads.append({
    table,
    partition: session.partition,
    batches: blockBatches({ columns: table.columns, source, arrow: query.has('arrow') }),
  });
  service.streams.written(session.id);
  return {
    headers: { 'odps-tunnel-slot-num': '1', 'odps-tunnel-routed-server': service.address() },
  };
}

function sessionAnswer({
  service,
  table,
  session,
}: {
  readonly service: Service;
  readonly table: StoredTable;
  readonly session: StreamSession;
}): ApiAnswer {
  const answer: StreamJson = {
    session_name: session.id,
    status: 'normal',
    slots: [['0', service.address()]],
    schema: {
      columns: table.columns.map(columnJson),
      partitionKeys: table.partitionKeys.map(columnJson),
    },
    schema_version: '0',
    last_batch_id: session.lastBatch,
    last_batch_commit_time: session.lastCommit,
  };
  return json(answer);
}
