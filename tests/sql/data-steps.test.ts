import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { DataInput } from '../../activities/data-deps';
import type { DataProfile } from '../../activities/data-profile';
import { createEngineerFeatures, type FeaturesFile } from '../../activities/engineer-features';
import { createImportData } from '../../activities/import-data';
import { createProcessData } from '../../activities/process-data';
import { createProfileData } from '../../activities/profile-data';
import { createSnapshotData } from '../../activities/snapshot-data';
import { asObjects } from '../../alibaba/maxcompute/maxcompute';
import { openSalesCsv, SalesCsvError } from '../../data/sales-csv';
import { prepareRow } from '../../model/raw-features';
import { exampleTables as tables } from '../../sql/example-tables';
import { sqlSettings } from '../../sql/settings';
import { type LocalProject, startLocalProject } from './local-project';
import { referenceOf } from './reference';

const walmart = path.resolve(__dirname, '../..', '../shared/data/Walmart.csv');
const runId = '20250710_073527';
const partition = `run_id=${runId}`;

let project: LocalProject;
let reference: Awaited<ReturnType<typeof referenceOf>>;
beforeAll(async () => {
  project = await startLocalProject();
  reference = await referenceOf(walmart);
}, 60_000);
afterAll(() => project.close());

function inActivity<T>(activity: (input: DataInput) => Promise<T>): Promise<T> {
  return new MockActivityEnvironment().run(() => activity({ runId }));
}

async function select(query: string) {
  return asObjects(await project.maxcompute.runSql({ query, settings: sqlSettings }));
}

async function rowsOf(table: string, columns: readonly string[]) {
  const download = await project.maxcompute.openDownload({ table, partition });
  const rows: (readonly unknown[])[] = [];
  for await (const row of download.read({ columns })) rows.push(row);
  return rows;
}

describe('the import', () => {
  it('fills the raw table with all rows of the file, and again with the same', async () => {
    const importData = createImportData(project.deps);
    for (let time = 1; time <= 2; time++) {
      const source = openSalesCsv({ file: walmart });
      expect(await importData({ source })).toEqual({
        table: tables.raw,
        rows: 6435,
        imported: true,
      });
    }
    expect(await select(`SELECT COUNT(*) AS n FROM ${tables.raw}`)).toEqual([{ n: '6435' }]);
  }, 60_000);

  it('leaves the table as it was when the file is bad', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'import-'));
    const file = path.join(folder, 'bad.csv');
    writeFileSync(
      file,
      'Store,Date,Weekly_Sales,Holiday_Flag,Temperature,Fuel_Price,CPI,Unemployment\n' +
        '1,05-02-2010,1,0,1,1,1,1\n1,12-02-2010,x,0,1,1,1,1\n',
    );
    const importing = createImportData(project.deps)({ source: openSalesCsv({ file }) });
    await expect(importing).rejects.toThrow(SalesCsvError);
    await rm(folder, { recursive: true });
    expect(await select(`SELECT COUNT(*) AS n FROM ${tables.raw}`)).toEqual([{ n: '6435' }]);
  });

  it('touches nothing when only an empty table was to be filled', async () => {
    const source = openSalesCsv({ file: walmart });
    const imported = await createImportData(project.deps)({ source, onlyIfEmpty: true });
    expect(imported).toEqual({ table: tables.raw, rows: 6435, imported: false });
  });
});

describe('the data steps', () => {
  it('number the raw rows by store and date', async () => {
    const snapshot = await inActivity(createSnapshotData(project.deps));
    expect(snapshot).toEqual({
      table: tables.snapshot,
      partition,
      rows: 6435,
      stores: 45,
      firstWeek: '2010-02-05',
      lastWeek: '2012-10-26',
    });
    const rows = await rowsOf(tables.snapshot, ['row_id', 'store', 'date_str', 'weekly_sales']);
    const sorted = rows.sort(([a], [b]) => Number(a) - Number(b)).map((row) => row.slice(1));
    const file = reference.rows.map((row) => [row.store, row.date_str, row.weekly_sales]);
    expect(sorted).toEqual(file); // the file is in the order of store and date
  }, 60_000);

  it('remove the rows that the reference removes, and name the content by its hash', async () => {
    const processData = createProcessData(project.deps);
    const first = await inActivity(processData);
    const again = await inActivity(processData);
    expect(again).toEqual(first);
    expect(first).toMatchObject({ rows: 5917, tables: { [tables.processed]: 5917 } });
    expect(first.contentHash).toMatch(/^[0-9a-f]{64}$/);
    const rows = await rowsOf(tables.processed, ['row_id', 'year', 'month', 'weekday']);
    const found = rows.sort(([a], [b]) => Number(a) - Number(b));
    const expected = Array.from(reference.kept, (place, i) => {
      const { year, month, weekday } = reference.row(i);
      return [place + 1, year, month, weekday];
    });
    expect(found).toEqual(expected);
  }, 60_000);

  it('store the profile: bounds and removals of each step equal the reference', async () => {
    const stored = await inActivity(createProfileData(project.deps));
    expect(stored.removed).toEqual({
      weekly_sales: 34,
      temperature: 3,
      fuel_price: 0,
      cpi: 0,
      unemployment: 481,
    });
    const profile = await project.objects.getJson<DataProfile>({ key: stored.key });
    expect(
      profile.outliers.map(({ column, q1, q3, lower, upper, removed }) => ({
        column,
        firstQuartile: q1,
        thirdQuartile: q3,
        lower,
        upper,
        removed,
      })),
    ).toEqual(reference.steps);
    const sales = profile.columns.snapshot.find(({ column }) => column === 'weekly_sales');
    expect(sales).toMatchObject({ rows: 6435, nulls: 0, min: 209986.25, max: 3818686.45 });
    expect(sales?.mean).toBeCloseTo(1046964.8775617715, 6);
    expect(sales?.std).toBeCloseTo(564366.6220536974, 6);
    const [{ n }] = await select(
      `SELECT COUNT(*) AS n FROM ${tables.profile} WHERE run_id = '${runId}' AND section = 'correlation'`,
    );
    expect(n).toBe('20');
    const byStore = profile.outliers[4].stores.filter(({ removed }) => removed > 90);
    expect(byStore.map(({ store }) => store)).toEqual([12, 28, 38]);
  }, 60_000);

  it('select the published features and write both sides scaled, in the order of the split', async () => {
    const features = await inActivity(createEngineerFeatures(project.deps));
    expect(features).toMatchObject({
      partition,
      selected: 58,
      tables: { [tables.train]: 4733, [tables.test]: 1184 },
    });
    expect(await inActivity(createEngineerFeatures(project.deps))).toEqual(features);
    expect(features.dropped.map(({ column, reason }) => [column, reason])).toEqual([
      ['cpi', 'vif'],
      ['year_2012', 'vif'],
      ['temperature', 'vif'],
      ['unemployment', 'vif'],
    ]);
    const file = await project.objects.getJson<FeaturesFile>({ key: features.key });
    const { plan } = reference;
    expect(file.selected).toEqual(plan.selected);
    expect(file.encoding).toEqual(plan.encoding);
    file.mean.forEach((mean, i) => {
      expect(Math.abs(mean - plan.mean[i])).toBeLessThan(1e-12 * Math.max(1, Math.abs(mean)));
      expect(Math.abs(file.scale[i] - plan.scale[i])).toBeLessThan(1e-9 * file.scale[i]);
    });
    for (const side of ['train', 'test'] as const) {
      const rows = await rowsOf(tables[side], ['position', 'weekly_sales', ...file.selected]);
      rows.sort(([a], [b]) => Number(a) - Number(b));
      const scale = reference.scale(file);
      const expected = Array.from(reference.split[side], (place, position) => {
        const row = reference.row(place);
        return [position, row['weekly_sales'], ...scale(row)];
      });
      expect(rows).toEqual(expected); // to the last bit: the plan's own literals scaled them
    }
  }, 120_000);

  it('give a sample that a model of the plan takes', async () => {
    const file = await project.objects.getJson<FeaturesFile>({
      key: `dev/runs/${runId}/features.json`,
    });
    const first = reference.rows[reference.kept[reference.split.train[0]]];
    const { date_str, weekly_sales: _, ...values } = first;
    expect(file.sample).toEqual({ ...values, date: date_str.split('-').reverse().join('-') });
    expect(prepareRow({ plan: file, row: file.sample }).warnings).toEqual([]);
    expect(file.yearRange).toEqual({ first: 2010, last: 2012 });
    expect(file.ranges['temperature']).toEqual({ min: 9.51, max: 100.14 });
  });

  it('leave another run its own columns and rows', async () => {
    const { deps } = project;
    const { features } = deps.pipeline;
    const wider = {
      ...deps,
      pipeline: { ...deps.pipeline, features: { ...features, maxVif: 1e6 } },
    };
    const other = '20250711_073527';
    const environment = () => new MockActivityEnvironment();
    await environment().run(() => createSnapshotData(wider)({ runId: other }));
    await environment().run(() => createProcessData(wider)({ runId: other }));
    await environment().run(() => createEngineerFeatures(wider)({ runId: other }));
    expect(
      await select(`SELECT run_id, COUNT(*) AS n, COUNT(cpi) AS cpi, COUNT(store_2) AS store_2
FROM ${tables.train} GROUP BY run_id ORDER BY run_id LIMIT 10`),
    ).toEqual([
      { run_id: runId, n: '4733', cpi: '0', store_2: '4733' },
      { run_id: other, n: '4733', cpi: '4733', store_2: '4733' },
    ]);
  }, 120_000);
});
