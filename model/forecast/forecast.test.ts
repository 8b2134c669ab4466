import { BOOSTING_DEFAULTS } from '../boosting/boosting-settings';
import { ModelFileError } from '../model-file';
import { InvalidFieldError, UnknownLevelError } from '../row-errors';
import { dateOfDay, dayNumber } from '../series/calendar';
import { fitEnsemble } from '../series/series-ensemble';
import { SERIES_DEFAULTS } from '../series/series-settings';
import { weekPanel } from '../series/week-panel';
import { fitRawBoosting } from '../tabular/raw-boosting';
import { loadAnyModel } from './any-model';
import { type ForecastContent, serialiseForecast, withForecastSample } from './forecast-file';
import type { ForecastModel } from './forecast-model';

const FIRST = dayNumber('2010-02-05');
const WEEKS = 130;
const LAST = '2012-07-27';

const salesOf = (store: number, w: number): number =>
  1000 * store * Math.exp(0.3 * Math.sin((2 * Math.PI * w) / 52) + (0.05 * w) / 52);

function history() {
  const cells = [3, 5].flatMap((store) => Array.from({ length: WEEKS }, (_, w) => ({ store, w })));
  return {
    store: cells.map(({ store }) => store),
    day: cells.map(({ w }) => FIRST + 7 * w),
    sales: cells.map(({ store, w }) => salesOf(store, w)),
    price: cells.map(({ w }) => w % 7),
  };
}

const boosting = { ...BOOSTING_DEFAULTS, trees: 60, minLeafRows: 5, minGroupRows: 5 };
const others = { temperature: 50, fuel_price: 3, holiday_flag: 0, unemployment: 8, cpi: 200 };
const request = { store: 5, date: '2012-08-03', ...others };

async function ensembleContent(): Promise<ForecastContent> {
  const panel = weekPanel({ rows: history() });
  const settings = { ...SERIES_DEFAULTS, lags: [1, 52, 53] };
  const horizons = [1, 3, 5];
  const ensemble = await fitEnsemble({ panel, settings, boosting, horizons });
  const interval = { level: 0.9, radius: 0.1 };
  const model: ForecastModel = {
    kind: 'ensemble',
    ensemble,
    history: panel,
    horizonWeeks: 5,
    interval,
  };
  const scores = { trainR2: 1, validationR2: 1, validationMse: 0 };
  const content = { version: 'v_20260101_000000', model, parameters: { trees: 60 }, scores };
  return withForecastSample({ content, request });
}

test('the file answers as the fitted model does, to the last bit, with two years of history', async () => {
  const content = await ensembleContent();
  const bytes = serialiseForecast(content);
  const loaded = loadAnyModel(bytes);
  expect([loaded.kind, loaded.version]).toEqual(['ensemble', 'v_20260101_000000']);
  expect(loaded.predict(request).value).toBe(content.sample?.prediction);
  expect(serialiseForecast(await ensembleContent()).equals(bytes)).toBe(true);
  const file = JSON.parse(bytes.toString());
  expect(file.estimator.history).toMatchObject({ weeks: 117, stores: [3, 5] });
});

test('weeks behind the history are answered, near and far, and say what they rest on', async () => {
  const { predict } = loadAnyModel(serialiseForecast(await ensembleContent()));
  for (const ahead of [1, 5, 6, 23, 60, 104]) {
    const w = WEEKS - 1 + ahead;
    const date = dateOfDay(FIRST + 7 * w);
    const answer = predict({ ...request, date });
    expect(answer.historyUntil).toBe(LAST);
    expect(Math.abs(answer.value / salesOf(5, w) - 1)).toBeLessThan(0.1);
    expect(answer.interval?.low).toBeCloseTo(0.9 * answer.value, 6);
    expect(answer.warnings).toEqual(
      ahead <= 5 ? [] : [expect.stringContaining('predicted weeks stand in for known ones')],
    );
    // Asked in another order, the same answer.
    predict({ ...request, date: dateOfDay(FIRST + 7 * (WEEKS + 40)) });
    expect(predict({ ...request, date }).value).toBe(answer.value);
  }
  const wednesday = predict({ ...request, date: '2012-08-01' });
  expect(wednesday.value).toBe(predict(request).value);
  expect(wednesday.warnings).toEqual([expect.stringContaining('2012-08-03')]);
});

test('a day beyond all reach is answered as the same day of the first year after the history', async () => {
  const { predict } = loadAnyModel(serialiseForecast(await ensembleContent()));
  const far = predict({ ...request, date: '2031-10-03' });
  expect(far.effectiveYear).toBe(2012);
  expect(far.warnings.join()).toContain('2031-10-03');
  expect(far.value).toBe(predict({ ...request, date: '2012-10-03' }).value);
  expect(predict({ ...request, date: '2031-03-07' }).effectiveYear).toBe(2013);
  expect(predict({ ...request, date: '2032-02-29' }).value).toBe(
    predict({ ...request, date: '2013-03-01' }).value,
  );
});

test('what cannot be answered is refused by name', async () => {
  const { predict } = loadAnyModel(serialiseForecast(await ensembleContent()));
  expect(() => predict({ ...request, store: 4 })).toThrow(UnknownLevelError);
  expect(() => predict({ ...request, date: '2010-02-05' })).toThrow('too little is known');
  expect(() => predict({ ...request, date: undefined })).toThrow(InvalidFieldError);
});

test('boosting on raw columns in a file', async () => {
  const rows = history();
  const which = rows.store.map((_, r) => r);
  const columns = { numeric: ['price'], categorical: ['store'] };
  const raw = await fitRawBoosting({
    rows,
    which,
    target: 'sales',
    columns,
    settings: boosting,
  });
  const model = { kind: 'boosting' as const, raw, lastDay: FIRST + 7 * (WEEKS - 1) };
  const scores = { trainR2: 1, validationR2: 1, validationMse: 0 };
  const content = { version: 'v', model, parameters: {}, scores };
  const loaded = loadAnyModel(serialiseForecast(content));
  const known = { ...request, price: 3, date: '2012-06-01' };
  const answer = loaded.predict(known);
  expect(Math.abs(answer.value / salesOf(5, 121) - 1)).toBeLessThan(0.1);
  expect(answer.warnings).toEqual([]);
  expect(loaded.predict({ ...known, date: '2013-06-07' }).warnings).toHaveLength(1);
  expect(() => loaded.predict({ ...known, store: 4 })).toThrow(UnknownLevelError);
  expect(() => loaded.predict(request)).toThrow(InvalidFieldError);
});

test('a damaged file is refused', async () => {
  const file = JSON.parse(serialiseForecast(await ensembleContent()).toString());
  file.estimator.members[0].trees.value = '';
  expect(() => loadAnyModel(Buffer.from(JSON.stringify(file)))).toThrow(ModelFileError);
  expect(() => loadAnyModel(Buffer.from('{"format":"x","kind":"ensemble"}'))).toThrow(
    ModelFileError,
  );
  expect(() => loadAnyModel(Buffer.from('nothing'))).toThrow('not JSON');
});
