import { CloudError } from '../alibaba/cloud-error';
import type { Row } from '../alibaba/maxcompute/wire/value';
import { loadModel, modelDigest } from '../model/model-file';
import { type PreparedFeatures, prepareFeatures } from '../model/prepare';
import type { FeatureTables, RunObjects } from './ports';
import { type ProcessIdentity, thisProcess } from './process-identity';
import type { ResultFile } from './result-file';
import { type RunOutcome, runOnce } from './run-once';

const settings = {
  testFraction: 0.25,
  seed: 7,
  folds: 3,
  threads: 1,
  maxMinutes: 5,
  elasticNet: { alpha: [0.1, 1], l1Ratio: [0.5], maxIterations: 1000, tolerance: 1e-4 },
  randomForest: { trees: [4, 6], maxDepth: [3, 6], minSamplesSplit: [2] },
};
const job = {
  run_id: '20250710_073527',
  model_version: 'v_20250710_073527',
  maxcompute: { endpoint: 'http://127.0.0.1:1/api', project: 'p' },
  oss: { endpoint: 'http://127.0.0.1:2', bucket: 'b', region: 'r', prefix: 'x' },
  region: 'r',
  train_table: 'train',
  test_table: 'test',
  partition: 'run_id=20250710_073527',
  features_key: 'x/runs/20250710_073527/features.json',
  settings,
  threads: 1,
};
const folder = 'x/runs/20250710_073527/';
const jobKey = `${folder}training.json`;
const sample = {
  store: 2,
  date: '2011-03-04',
  temperature: 50,
  fuel_price: 3,
  holiday_flag: 0,
  unemployment: 8,
  cpi: 200,
};

class MemoryObjects implements RunObjects {
  readonly all = new Map<string, Buffer>();
  readonly refuse = new Map<string, CloudError>();

  async put(input: Parameters<RunObjects['put']>[0]): Promise<void> {
    const { key, body, forbidOverwrite } = input;
    const failure = this.refuse.get(key);
    if (forbidOverwrite && this.all.has(key)) throw cloudError('FileAlreadyExists');
    this.all.set(key, Buffer.from(body));
    if (failure) throw failure;
  }

  async get({ key }: { key: string }): Promise<Buffer> {
    const bytes = this.all.get(key);
    if (!bytes) throw cloudError('NoSuchKey');
    return bytes;
  }

  async head({ key }: { key: string }): Promise<object | undefined> {
    return this.all.has(key) ? {} : undefined;
  }

  async delete({ key }: { key: string }): Promise<void> {
    this.all.delete(key);
  }

  json<T>(name: string): T | undefined {
    const bytes = this.all.get(`${folder}${name}`);
    return bytes && (JSON.parse(bytes.toString('utf8')) as T);
  }
}

function cloudError(code: string, retryable = false): CloudError {
  const details = { product: 'oss', operation: 'PutObject', code, message: code, retryable };
  return new CloudError(details);
}

/** Sales that follow store and temperature; stores 1 and 2, dates 2010-2012. */
function prepared(): PreparedFeatures {
  const count = 120;
  const column = (value: (i: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => value(i));
  return prepareFeatures({
    rows: {
      store: column((i) => 1 + (i % 2)),
      temperature: column((i) => 40 + ((i * 37) % 41)),
      fuel_price: column((i) => 2 + ((i * 11) % 17) / 10),
      cpi: column((i) => 190 + ((i * 13) % 23)),
      unemployment: column((i) => 6 + ((i * 7) % 19) / 10),
      holiday_flag: column((i) => (i % 9 === 0 ? 1 : 0)),
      year: column((i) => 2010 + (i % 3)),
      month: column((i) => 1 + (i % 4)),
      weekday: column(() => 4),
      weekly_sales: column((i) => 1000 * (i % 2) + 10 * ((i * 37) % 41) + (i % 5)),
    },
    settings: {
      target: 'weekly_sales',
      numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
      categorical: ['holiday_flag', 'year', 'month', 'weekday', 'store'],
      outlierColumns: [],
      outlierFactor: 1.5,
      testFraction: 0.2,
      seed: 42,
      maxCorrelation: 0.95,
      maxVif: 5,
    },
  });
}

function tablesOf(features: PreparedFeatures, change: (rows: Row[]) => Row[] = (rows) => rows) {
  const rowsOf = (matrix: PreparedFeatures['train']): Row[] => {
    const width = matrix.columns.length;
    const rows = Array.from(matrix.y, (y, r) => [
      r,
      y,
      ...matrix.x.subarray(r * width, (r + 1) * width),
    ]);
    return change(rows.reverse());
  };
  const tables: FeatureTables = {
    async openDownload({ table }) {
      const rows = rowsOf(table === 'train' ? features.train : features.test);
      return {
        recordCount: rows.length,
        async *readBatches() {
          for (let i = 0; i < rows.length; i += 50) yield rows.slice(i, i + 50);
        },
      };
    },
  };
  return () => tables;
}

interface Start {
  readonly objects: MemoryObjects;
  readonly identity?: ProcessIdentity;
  readonly change?: (rows: Row[]) => Row[];
}

function start({ objects, identity = thisProcess(), change }: Start): Promise<RunOutcome> {
  const features = prepared();
  const put = (key: string, value: object): void =>
    void objects.all.set(key, Buffer.from(JSON.stringify(value)));
  if (!objects.all.has(jobKey)) put(jobKey, job);
  put(job.features_key, { ...features.plan, sample, ranges: {} });
  const ports = { objects, now: () => new Date(0), print: () => undefined };
  return runOnce({ ports, tablesOf: tablesOf(features, change), jobKey, identity });
}

test('trains, writes models that answer as the result says, and ends with result.json', async () => {
  const objects = new MemoryObjects();
  expect(await start({ objects })).toBe('trained');
  const result = objects.json<ResultFile>('result.json');
  expect(result?.models.map(({ kind }) => kind)).toEqual(['linear', 'elasticNet', 'randomForest']);
  expect(result?.rows).toEqual({ train: 72, validation: 24, test: 24 });
  for (const { key, sha256 } of result?.models ?? []) {
    expect(modelDigest(objects.all.get(key) ?? Buffer.alloc(0))).toBe(sha256);
  }
  const champion = result?.models.find(({ kind }) => kind === result.champion);
  expect(champion?.validation_r2).toBeGreaterThan(0.9);
  expect(champion?.test_r2).toBeGreaterThan(0.9);
  const model = loadModel(objects.all.get(champion?.key ?? '') ?? Buffer.alloc(0));
  expect(model.predict(sample).value).toBe(result?.sample.prediction);
  expect(model.sample).toEqual(result?.sample);
  expect(objects.json('progress.json')).toMatchObject({ stage: 'done', fraction: 1 });
  expect(objects.all.get(`${folder}training.log`)?.toString()).toContain('champion');
});

test('a second start while the first lives writes nothing', async () => {
  const objects = new MemoryObjects();
  const other = { ...thisProcess(), token: 'first', claimed_at: '' };
  objects.all.set(`${folder}claim`, Buffer.from(JSON.stringify(other)));
  expect(await start({ objects })).toBe('notFirst');
  expect([...objects.all.keys()].filter((key) => key.startsWith(folder)).sort()).toEqual([
    `${folder}claim`,
    `${folder}features.json`,
    jobKey,
  ]);
});

test('a start of the same instance takes over from a dead process, of another one it does not', async () => {
  const dead = { ...thisProcess({ instance: 'a' }), start: '1', token: 'dead', claimed_at: '' };
  for (const [instance, outcome] of [
    ['b', 'notFirst'],
    ['a', 'trained'],
  ]) {
    const objects = new MemoryObjects();
    objects.all.set(`${folder}claim`, Buffer.from(JSON.stringify(dead)));
    expect(await start({ objects, identity: thisProcess({ instance }) })).toBe(outcome);
  }
});

test('a dead process that had finished leaves nothing to do', async () => {
  const objects = new MemoryObjects();
  const dead = { ...thisProcess(), start: '1', token: 'dead', claimed_at: '' };
  objects.all.set(`${folder}claim`, Buffer.from(JSON.stringify(dead)));
  objects.all.set(`${folder}result.json`, Buffer.from('{}'));
  expect(await start({ objects })).toBe('notFirst');
});

test('a claim whose answer was lost is known again by its token', async () => {
  const objects = new MemoryObjects();
  objects.refuse.set(`${folder}claim`, cloudError('ConnectionFailed', true));
  expect(await start({ objects })).toBe('trained');
});

test.each([
  ['a position twice', (rows: Row[]) => [...rows.slice(1), rows[1]], 'twice'],
  ['an empty cell', (rows: Row[]) => [[0, null, ...rows[0].slice(2)], ...rows.slice(1)], 'null'],
])('%s fails the run with a typed error', async (_, change, words) => {
  const objects = new MemoryObjects();
  expect(await start({ objects, change })).toBe('failed');
  expect(objects.json('error.json')).toMatchObject({ type: 'InvalidFeatures', retryable: false });
  expect(objects.json<{ message: string }>('error.json')?.message).toContain(words);
  expect(objects.json('result.json')).toBeUndefined();
});

test('a job that makes no sense fails with the name of the field', async () => {
  const objects = new MemoryObjects();
  const wrong = { ...job, settings: { ...settings, folds: 1 } };
  objects.all.set(jobKey, Buffer.from(JSON.stringify(wrong)));
  expect(await start({ objects })).toBe('failed');
  expect(objects.json('error.json')).toMatchObject({ type: 'InvalidJob' });
  expect(objects.json<{ message: string }>('error.json')?.message).toContain('settings.folds');
});

test('a cloud error keeps its code and says that a retry may help', async () => {
  const objects = new MemoryObjects();
  objects.refuse.set(`${folder}models/linear.json`, cloudError('RequestTimeout', true));
  expect(await start({ objects })).toBe('failed');
  expect(objects.json('error.json')).toMatchObject({ type: 'RequestTimeout', retryable: true });
});
