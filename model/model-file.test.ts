import fc from 'fast-check';
import { canonicalJson } from './canonical-json';
import type { Estimator } from './estimator';
import { buildFeaturePlan, type FeaturePlan } from './feature-plan';
import { loadModel, ModelFileError, modelDigest, serialiseModel } from './model-file';
import { momentsOf } from './moments';
import { dateParts, type RawFeatures } from './raw-features';
import { InvalidFieldError, UnknownLevelError } from './row-errors';
import { narrowSeenLevels } from './seen-levels';
import { fromBase64, toBase64 } from './typed-array-text';

const encoding = {
  numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
  categorical: [
    { column: 'holiday_flag', levels: [0, 1] },
    { column: 'year', levels: [2010, 2011, 2012] },
    { column: 'month', levels: [2, 3] },
    { column: 'weekday', levels: [4] },
    { column: 'store', levels: [1, 2, 3] },
  ],
};

/** Rows of stores 1 and 2 only: store 3 is a level that the training rows don't have. */
function planOf(): FeaturePlan {
  const count = 60;
  const column = (value: (i: number) => number): number[] =>
    Array.from({ length: count }, (_, i) => value(i));
  const rows = {
    temperature: column((i) => 50 + ((i * 7) % 11)),
    fuel_price: column((i) => 3 + ((i * 5) % 13) / 10),
    cpi: column((i) => 200 + ((i * 3) % 17)),
    unemployment: column((i) => 7 + ((i * 2) % 7)),
    holiday_flag: column((i) => (i % 10 === 0 ? 1 : 0)),
    year: column((i) => 2010 + (i % 3)),
    month: column((i) => 2 + (i % 2)),
    weekday: column(() => 4),
    store: column((i) => 1 + ((i >> 2) % 2)),
  };
  const which = column((i) => i);
  const moments = momentsOf({ encoding, rows, which });
  return buildFeaturePlan({
    target: 'weekly_sales',
    encoding,
    moments,
    maxCorrelation: 0.95,
    maxVif: 5,
  });
}

const plan = planOf();
const line: Estimator = {
  kind: 'linear',
  coefficients: Float64Array.from(plan.selected, (_, j) => j + 0.1),
  intercept: 1000.5,
};
const forest: Estimator = {
  kind: 'randomForest',
  starts: Int32Array.of(0, 3, 4),
  feature: Int16Array.of(0, -1, -1, -1),
  right: Int32Array.of(2, 0, 0, 0),
  value: Float64Array.of(0.25, 10, 20, 100),
};
const row: RawFeatures = {
  store: 2,
  date: '2011-03-04',
  temperature: 55,
  fuel_price: 3.4,
  holiday_flag: 0,
  unemployment: 8,
  cpi: 210,
};

const bytesOf = (estimator: Estimator): Buffer =>
  serialiseModel({
    version: 'v_20250710_073527',
    plan,
    estimator,
    parameters: { alpha: 0.1 },
    scores: { trainR2: 0.9, validationR2: 0.8, validationMse: 3 },
  });

test('a linear file read back gives the scaled dot product', () => {
  const model = loadModel(bytesOf(line));
  const values: Record<string, number> = {
    ...row,
    date: 0,
    holiday_flag_1: 0,
    year_2011: 1,
    year_2012: 0,
  };
  Object.assign(values, { month_3: 1, store_2: 1, store_3: 0 });
  const expected = plan.selected.reduce((sum, column, j) => {
    const at = plan.columns.indexOf(column);
    return sum + (j + 0.1) * ((values[column] - plan.mean[at]) / plan.scale[at]);
  }, 0);
  expect(model.predict(row)).toEqual({ value: expected + 1000.5, warnings: [] });
  expect(model).toMatchObject({
    kind: 'linear',
    version: 'v_20250710_073527',
    parameters: { alpha: 0.1 },
  });
});

test('a forest file read back gives the mean of its trees', () => {
  const model = loadModel(bytesOf(forest));
  const [cold, hot] = [40, 80].map((temperature) => model.predict({ ...row, temperature }).value);
  expect([cold, hot]).toEqual([(10 + 100) / 2, (20 + 100) / 2]);
});

test('writing what was read gives the same bytes', () => {
  for (const estimator of [line, forest]) {
    const bytes = bytesOf(estimator);
    const { kind: _, predict: __, ...content } = loadModel(bytes);
    expect(modelDigest(serialiseModel(content))).toBe(modelDigest(bytes));
  }
});

test.each([
  ['no JSON', Buffer.from('PK')],
  ['another format', Buffer.from('{"format":"x"}')],
  ['null', Buffer.from('null')],
])('%s is refused as a model file', (_, bytes) => {
  expect(() => loadModel(bytes)).toThrow(ModelFileError);
});

test('coefficients that do not fit the columns are refused', () => {
  const short: Estimator = { kind: 'linear', coefficients: Float64Array.of(1), intercept: 0 };
  expect(() => loadModel(bytesOf(short))).toThrow(ModelFileError);
});

test('a year after the trained ones uses the last of them and says so', () => {
  const model = loadModel(bytesOf(line));
  const later = model.predict({ ...row, date: '2027-03-05' });
  expect(later.effectiveYear).toBe(2012);
  expect(later.warnings[0]).toContain(
    'year 2027 is after the trained years 2010-2012; 2012 was used',
  );
  expect(later.value).toBe(model.predict({ ...row, date: '2012-03-02' }).value);
});

test('another weekday than the only trained one is warned of', () => {
  const model = loadModel(bytesOf(line));
  const tuesday = model.predict({ ...row, date: '2011-03-08' });
  expect(tuesday.warnings).toHaveLength(1);
  expect(tuesday.warnings[0]).toContain('Tuesday');
  expect(tuesday.value).toBe(model.predict(row).value);
});

test.each([
  ['a year before the trained ones', { date: '2009-03-06' }, 'year'],
  ['a month', { date: '2011-07-01' }, 'month'],
  ['a store that no row has', { store: 99 }, 'store'],
  ['a store of the data that is not in the training rows', { store: 3 }, 'store'],
  ['a holiday flag', { holiday_flag: 2 }, 'holiday_flag'],
])('%s that was not seen is an error', (_, change, field) => {
  const predict = (): unknown => loadModel(bytesOf(line)).predict({ ...row, ...change });
  expect(predict).toThrow(UnknownLevelError);
  expect(predict).toThrow(expect.objectContaining({ field }));
});

test.each([
  [{ date: undefined }, 'date'],
  [{ date: '2011-02-30' }, 'date'],
  [{ date: '04-03-2011' }, 'date'],
  [{ cpi: Number.NaN }, 'cpi'],
])('%p is an invalid field', (change, field) => {
  const predict = (): unknown => loadModel(bytesOf(line)).predict({ ...row, ...change });
  expect(predict).toThrow(InvalidFieldError);
  expect(predict).toThrow(expect.objectContaining({ field }));
});

test('a level that the fitted rows left out is unseen too', () => {
  const columns = plan.selected;
  const rows = 4;
  const x = new Float64Array(rows * columns.length);
  const at = (column: string) => columns.indexOf(column);
  const scaled = (column: string, value: number): number => {
    const j = plan.columns.indexOf(column);
    return (value - plan.mean[j]) / plan.scale[j];
  };
  for (let r = 0; r < rows; r++) {
    for (const column of columns) x[r * columns.length + at(column)] = scaled(column, 0);
  }
  x[at('store_2')] = scaled('store_2', 1);
  const features = { columns, rows, x, y: new Float64Array(rows) };
  const stores = (fitRows: readonly number[]): readonly number[] | undefined =>
    narrowSeenLevels({ plan, features, fitRows }).seen.find(({ column }) => column === 'store')
      ?.levels;
  expect(stores([0, 1])).toEqual([1, 2]);
  expect(stores([1, 2])).toEqual([1]);
});

test('weekdays count from Monday', () => {
  expect(dateParts('2024-02-29')).toEqual({ year: 2024, month: 2, weekday: 3 });
  expect(dateParts('2010-02-05').weekday).toBe(4);
});

test('typed arrays come back from their text', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true })), (values) => {
      const array = Float64Array.from(values);
      expect(fromBase64(toBase64(array), Float64Array)).toEqual(array);
    }),
  );
  expect(toBase64(Int16Array.of(1, -2))).toBe(Buffer.from([1, 0, 254, 255]).toString('base64'));
  expect(() => fromBase64('AAAA', Int32Array)).toThrow(RangeError);
});

test('canonical JSON: what it writes reads back, in the same bytes for any order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      const text = canonicalJson(plain);
      expect(JSON.parse(text)).toEqual(plain);
      const turned = Object.fromEntries(Object.entries(plain).reverse());
      expect(canonicalJson(turned as Parameters<typeof canonicalJson>[0])).toBe(text);
    }),
  );
  expect(() => canonicalJson(Number.NaN)).toThrow(RangeError);
});
