/** The bundled training program as a process of its own, against the local cloud over the wire. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createCredentials } from '../../alibaba/credentials-chain';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { readSalesColumns } from '../../bench/sales-rows';
import { PREPARATION, TRAINING } from '../../bench/walmart-recipe';
import { type LocalCloud, startLocalCloud } from '../../emulator/local-cloud';
import { loadModel, modelDigest, serialiseModel, withSample } from '../../model/model-file';
import { type PreparedFeatures, prepareFeatures } from '../../model/prepare';
import { narrowSeenLevels } from '../../model/seen-levels';
import { trainTestSplit } from '../../model/split';
import { trainCandidates } from '../../model/train';
import { buildTraining } from '../../training/build';
import type { Claim } from '../../training/claim';
import type { ResultFile } from '../../training/result-file';

const region = 'cn-hangzhou';
const sample = path.resolve(__dirname, '../..', 'data', 'sample_sales.csv');
const settings = {
  ...TRAINING,
  randomForest: { trees: [10, 20], maxDepth: [10, 20], minSamplesSplit: [5] },
};
const request = {
  store: 1,
  date: '2012-03-02',
  temperature: 60,
  fuel_price: 3.5,
  holiday_flag: 0,
  unemployment: 8,
  cpi: 215,
};

jest.setTimeout(180_000);

let folder: string;
let bundle: string;
let cloud: LocalCloud;
let objects: ObjectStore;
let maxcompute: MaxCompute;
let prepared: PreparedFeatures;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pai-loop-training-'));
  bundle = path.join(folder, 'bundle', 'training.js');
  await buildTraining({ outfile: bundle });
  cloud = await startLocalCloud({
    folder: path.join(folder, 'cloud'),
    ports: { maxcompute: 0, oss: 0, pai: 0, eas: 0 },
    project: 'loop',
    bucket: 'loop-bucket',
    region,
  });
  const credentials = createCredentials(cloud);
  objects = new ObjectStore({ ...cloud.oss, region, credentials });
  maxcompute = new MaxCompute({ ...cloud.maxcompute, region, credentials });
  prepared = prepareFeatures({ rows: readSalesColumns(sample), settings: PREPARATION });
  for (const table of ['features_train', 'features_test']) {
    const columns = prepared.plan.selected.map((name) => `${name} DOUBLE`).join(', ');
    await maxcompute.runSql({
      query: `CREATE TABLE ${table} (row_id BIGINT, position BIGINT, store BIGINT, week_date DATE, weekly_sales DOUBLE, ${columns}) PARTITIONED BY (run_id STRING);`,
    });
  }
});

afterAll(async () => {
  await cloud?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Puts a run's features, plan and job where the program looks for them; returns the job's key. */
async function givenRun(runId: string): Promise<string> {
  const partition = `run_id=${runId}`;
  for (const side of ['train', 'test'] as const) {
    const { x, y, rows, columns } = prepared[side];
    const table = `features_${side}`;
    const upload = await maxcompute.openUpload({ table, partition, createPartition: true });
    const width = columns.length;
    const all = Array.from({ length: rows }, (_, r) => [
      r + 1,
      r,
      1,
      '2012-03-02',
      y[r],
      ...x.subarray(r * width, (r + 1) * width),
    ]);
    await upload.writeBlock({ blockId: 0, rows: all.reverse() });
    await upload.commit({ blockIds: [0] });
  }
  const key = (name: string): string => `loop/runs/${runId}/${name}`;
  const put = (name: string, value: object): Promise<unknown> =>
    objects.put({ key: key(name), body: JSON.stringify(value) });
  await put('features.json', { ...prepared.plan, sample: request, ranges: {} });
  await put('training.json', {
    run_id: runId,
    model_version: `v_${runId}`,
    pipeline: 'walmart',
    environment: 'dev',
    maxcompute: cloud.maxcompute,
    oss: { ...cloud.oss, region, prefix: 'loop' },
    region,
    train_table: 'features_train',
    test_table: 'features_test',
    partition,
    features_key: key('features.json'),
    settings: { ...settings, threads: 2, maxMinutes: 60 },
    threads: 2,
  });
  return key('training.json');
}

function startProgram(jobKey: string): { child: ChildProcess; ended: Promise<Ended> } {
  const { endpoint, bucket } = cloud.oss;
  const child = spawn(process.execPath, [bundle, endpoint, bucket, region, jobKey], {
    env: {
      PATH: process.env.PATH,
      HOSTNAME: 'instance-a',
      ALIBABA_CLOUD_ACCESS_KEY_ID: cloud.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: cloud.accessKeySecret,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, output }));
  return { child, ended };
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

/** SHA-256 of the model files that fitting the same features here gives. */
async function expectedDigests(runId: string): Promise<string[]> {
  const { train: features, plan } = prepared;
  const candidates = await trainCandidates({ features, settings, threads: 1 });
  const fitRows = trainTestSplit({ rows: features.rows, testFraction: 0.2, seed: 42 }).train;
  const served = narrowSeenLevels({ plan, features, fitRows });
  return candidates.map(({ fitted, parameters, trainR2, validationR2, validationMse }) =>
    modelDigest(
      serialiseModel(
        withSample({
          content: {
            version: `v_${runId}`,
            plan: served,
            estimator: fitted,
            parameters,
            scores: { trainR2, validationR2, validationMse },
          },
          request,
        }),
      ),
    ),
  );
}

const keysOf = async (runId: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of objects.list({ prefix: `loop/runs/${runId}/` })) keys.push(key);
  return keys;
};

test('trains over the wire on two threads to the bytes that one thread gives here', async () => {
  const runId = '20250710_073527';
  const jobKey = await givenRun(runId);
  const { code, output } = await startProgram(jobKey).ended;
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('champion') });
  const result = await objects.getJson<ResultFile>({ key: `loop/runs/${runId}/result.json` });
  expect(result.models.map(({ sha256 }) => sha256)).toEqual(await expectedDigests(runId));
  const champion = result.models.find(({ kind }) => kind === result.champion);
  const model = loadModel(await objects.get({ key: champion?.key ?? '' }));
  expect(model.predict(request).value).toBe(result.sample.prediction);
  expect(result.rows).toEqual({
    train: prepared.train.rows - Math.ceil(prepared.train.rows * 0.2),
    validation: Math.ceil(prepared.train.rows * 0.2),
    test: prepared.test.rows,
  });

  const before = await keysOf(runId);
  const again = await startProgram(jobKey).ended;
  expect(again.code).toBe(0);
  expect(again.output).toContain('nothing to do');
  expect(await keysOf(runId)).toEqual(before);
});

test('killed in the midst of it, the next start takes over and ends with the same models', async () => {
  const runId = '20250711_073527';
  const jobKey = await givenRun(runId);
  const first = startProgram(jobKey);
  const claimKey = `loop/runs/${runId}/claim`;
  while (!(await objects.head({ key: claimKey }))) await new Promise(setImmediate);
  first.child.kill('SIGKILL');
  expect((await first.ended).signal).toBe('SIGKILL');
  const { pid } = await objects.getJson<Claim>({ key: claimKey });
  expect(pid).toBe(first.child.pid);

  const second = await startProgram(jobKey).ended;
  expect(second.output).toContain(`takes over from process ${pid}`);
  expect(second.code).toBe(0);
  const result = await objects.getJson<ResultFile>({ key: `loop/runs/${runId}/result.json` });
  expect(result.models.map(({ sha256 }) => sha256)).toEqual(await expectedDigests(runId));
});

test('what it cannot do ends with status 1 and an error.json that says why', async () => {
  const runId = '20250712_073527';
  const jobKey = await givenRun(runId);
  const job = await objects.getJson<object>({ key: jobKey });
  await objects.put({
    key: jobKey,
    body: JSON.stringify({ ...job, train_table: 'no_such_table' }),
  });
  const { code } = await startProgram(jobKey).ended;
  expect(code).toBe(1);
  const error = await objects.getJson<object>({ key: `loop/runs/${runId}/error.json` });
  expect(error).toMatchObject({ type: 'NoSuchTable', retryable: false });
});

test('the bundle names no folder of the machine it was built on and builds to the same bytes', async () => {
  const again = path.join(folder, 'another', 'training.js');
  const { sha256 } = await buildTraining({ outfile: again });
  expect(fs.readFileSync(again).equals(fs.readFileSync(bundle))).toBe(true);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(fs.readFileSync(again, 'utf8')).not.toContain(path.resolve(__dirname, '../..'));
});
