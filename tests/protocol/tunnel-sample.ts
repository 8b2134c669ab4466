import { MaxCompute, type Row } from '../../alibaba/maxcompute/maxcompute';
import { ACCESS_KEY, type ScriptedService } from './scripted-service';

export const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'name', type: 'string' },
];
export const SCHEMA = { columns: COLUMNS, partitionKeys: [{ name: 'run_id', type: 'string' }] };
export const PARTITION = 'run_id=20250710_073527';

/** Rows of `COLUMNS`, with NULLs and non-ASCII text. */
export function sampleRows(count: number): Row[] {
  return Array.from({ length: count }, (_, id): Row => [id, id % 3 ? `row ${id} é` : null]);
}

/** A client of a scripted service that doesn't wait long between tries. */
export function quickClient(service: ScriptedService, tunnelEndpoint?: string): MaxCompute {
  return new MaxCompute({
    endpoint: service.endpoint,
    tunnelEndpoint,
    project: 'demo',
    region: 'cn-hangzhou',
    credentials: { get: async () => ACCESS_KEY },
    retry: { attempts: 4, baseMs: 1, maxMs: 20 },
  });
}
