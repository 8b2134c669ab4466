import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError } from './config-error';
import { loadPipeline, loadPipelines } from './load-pipelines';

const repository = path.resolve(__dirname, '..');
const template = readFileSync(path.join(repository, 'config/pipelines/walmart.yaml'), 'utf8');
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'pai-loop-pipelines-'));
  mkdirSync(path.join(root, 'config/pipelines'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function problemsOf(text: string, file = 'walmart.yaml') {
  writeFileSync(path.join(root, 'config/pipelines', file), text);
  try {
    loadPipelines({ root });
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
}

test('the published recipe is what the file says', () => {
  const walmart = loadPipeline({ root: repository, name: 'walmart' });
  expect(walmart.processing.outlierColumns).toEqual([
    'weekly_sales',
    'temperature',
    'fuel_price',
    'cpi',
    'unemployment',
  ]);
  expect(walmart.training).toMatchObject({ testFraction: 0.2, seed: 42, folds: 3 });
  expect(walmart.training.elasticNet).toEqual({
    alpha: [0.1, 0.5, 1, 2],
    l1Ratio: [0.1, 0.5, 0.9],
    maxIterations: 1000,
    tolerance: 1e-4,
  });
  expect(walmart.training.randomForest).toEqual({
    trees: [50, 100],
    maxDepth: [10, 20],
    minSamplesSplit: [2, 5],
  });
});

test('defaults fill what a short file leaves out', () => {
  const tables = template.slice(template.indexOf('tables:'), template.indexOf('# Rows outside'));
  const features = 'features: { target: y, numeric: [x], categorical: [] }';
  expect(problemsOf(`name: short\n${tables}\n${features}`, 'short.yaml')).toEqual([]);
  const short = loadPipeline({ root, name: 'short' });
  expect(short.features.maxVif).toBe(5);
  expect(short.activities.train.startToCloseSeconds).toBe(7200);
});

test('errors name file, key, value and mend', () => {
  const broken = template
    .replace('maxVif: 5', 'maxVif: 0.5')
    .replace('folds: 3', 'fold: 3')
    .replace('trees: [50, 100]', 'trees: [50, 0]');
  expect(problemsOf(broken)).toEqual([
    expect.objectContaining({
      source: 'config/pipelines/walmart.yaml',
      key: 'training.fold',
      mend: 'Did you mean training.folds?',
    }),
    expect.objectContaining({ key: 'features.maxVif', value: '0.5' }),
    expect.objectContaining({ key: 'training.randomForest.trees.1', value: '0' }),
  ]);
});

test.each([
  ['name: walmart', 'name: other', 'name'],
  ['target: weekly_sales', 'target: cpi', 'features.target'],
  ['test: walmart_test_vif', 'test: walmart_train_vif', 'tables'],
  ['"{pipeline}_{environment}"', '"{pipeline}"', 'deploy.groupPattern'],
  ['outlierColumns: [weekly_sales', 'outlierColumns: [store', 'processing.outlierColumns'],
  ['numeric: [temperature', 'numeric: [cpi', 'features'],
  ['raw: walmart_sales_raw', 'raw: "Robert; DROP TABLE"', 'tables.raw'],
])('refuses %s -> %s', (from, to, key) => {
  expect(template).toContain(from);
  expect(problemsOf(template.replace(from, to)).map((problem) => problem.key)).toContain(key);
});

test('an unknown pipeline names the nearest', () => {
  expect(() => loadPipeline({ root: repository, name: 'wallmart' })).toThrow(
    'Did you mean walmart?',
  );
  expect(() => loadPipelines({ root: path.join(root, 'nowhere') })).toThrow(ConfigError);
});
