import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { DataInput } from '../../activities/data-deps';
import { createEngineerFeatures } from '../../activities/engineer-features';
import { createImportData } from '../../activities/import-data';
import { createProcessData } from '../../activities/process-data';
import { createProfileData } from '../../activities/profile-data';
import { createSnapshotData } from '../../activities/snapshot-data';
import { openSalesCsv } from '../../data/sales-csv';
import { exampleTables as tables } from '../../sql/example-tables';
import { type LocalProject, startLocalProject } from './local-project';
import { referenceOf } from './reference';

const sample = path.resolve(__dirname, '../../data/sample_sales.csv');
const runId = '20260105_000000';

let project: LocalProject;
beforeAll(async () => {
  project = await startLocalProject();
}, 60_000);
afterAll(() => project.close());

function inActivity<T>(activity: (input: DataInput) => Promise<T>): Promise<T> {
  return new MockActivityEnvironment().run(() => activity({ runId }));
}

it('takes the whole recipe and loses no store', async () => {
  const { deps } = project;
  const reference = await referenceOf(sample);
  await createImportData(deps)({ source: openSalesCsv({ file: sample }), onlyIfEmpty: true });
  const snapshot = await inActivity(createSnapshotData(deps));
  expect(snapshot).toMatchObject({ rows: 6435, stores: 45 });
  const processed = await inActivity(createProcessData(deps));
  expect(processed.rows).toBe(reference.kept.length);
  const profile = await inActivity(createProfileData(deps));
  expect(profile.lostStores).toEqual([]);
  const features = await inActivity(createEngineerFeatures(deps));
  expect(features.dropped.map(({ column }) => column)).toEqual(
    reference.plan.dropped.map(({ column }) => column),
  );
  expect(features.tables).toEqual({
    [tables.train]: reference.split.train.length,
    [tables.test]: reference.split.test.length,
  });
}, 120_000);
