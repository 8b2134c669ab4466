import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DataDeps } from '../../activities/data-deps';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { openKeyring } from '../../emulator/identity/keyring';
import { startMaxCompute } from '../../emulator/maxcompute/server';
import { startOss } from '../../emulator/oss/server';
import { exampleTables } from '../../sql/example-tables';

/** The published recipe, as the example pipeline has it. */
export const recipe: DataDeps['pipeline'] = {
  name: 'walmart',
  tables: exampleTables,
  processing: {
    outlierColumns: ['weekly_sales', 'temperature', 'fuel_price', 'cpi', 'unemployment'],
    outlierFactor: 1.5,
  },
  features: {
    target: 'weekly_sales',
    numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
    categorical: ['holiday_flag', 'year', 'month', 'weekday', 'store'],
    testFraction: 0.2,
    seed: 42,
    maxCorrelation: 0.95,
    maxVif: 5,
  },
};

/** A MaxCompute project and an OSS bucket of the local cloud, with the real clients in front. */
export interface LocalProject {
  readonly maxcompute: MaxCompute;
  readonly objects: ObjectStore;
  readonly deps: DataDeps & { readonly objects: ObjectStore };
  close(): Promise<void>;
}

/** Starts both on free loopback ports with their state in a temporary folder. */
export async function startLocalProject(): Promise<LocalProject> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'local-project-'));
  const keyring = await openKeyring({ folder });
  const place = { host: '127.0.0.1', port: 0, keyring, region: 'cn-hangzhou' };
  const data = await startMaxCompute({
    ...place,
    folder: path.join(folder, 'maxcompute'),
    project: 'walmart_dev',
  });
  const oss = await startOss({ ...place, folder: path.join(folder, 'oss'), bucket: 'pai-loop' });
  const credentials = { get: async () => keyring.root };
  const maxcompute = new MaxCompute({
    endpoint: data.endpoint,
    tunnelEndpoint: data.tunnelEndpoint,
    project: 'walmart_dev',
    region: place.region,
    credentials,
  });
  const objects = new ObjectStore({
    endpoint: oss.endpoint,
    bucket: 'pai-loop',
    region: place.region,
    credentials,
  });
  return {
    maxcompute,
    objects,
    deps: { maxcompute, objects, prefix: 'dev', pipeline: recipe },
    async close() {
      await data.close();
      await oss.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
