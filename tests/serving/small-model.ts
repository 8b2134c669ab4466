import type { Estimator } from '../../model/estimator';
import type { FeatureMatrix } from '../../model/feature-matrix';
import { gramsWithout } from '../../model/gram';
import { fitLinearRegression } from '../../model/linear-regression';
import { regressionMetrics } from '../../model/metrics';
import {
  loadModel,
  type Model,
  type ModelContent,
  serialiseModel,
  withSample,
} from '../../model/model-file';
import { prepareFeatures } from '../../model/prepare';
import type { RawFeatures } from '../../model/raw-features';
import { predictRows } from '../../model/train';

/** Three stores and three years of Fridays: enough rows for every month and year to occur. */
function syntheticRows(): Record<string, number[]> {
  const rows: Record<string, number[]> = {};
  const put = (column: string, value: number) => {
    rows[column] ??= [];
    rows[column].push(value);
  };
  for (let week = 0; week < 143; week += 1) {
    const day = new Date(Date.UTC(2010, 1, 5 + 7 * week));
    for (const store of [1, 2, 3]) {
      put('temperature', 60 + 25 * Math.sin(week / 8.3) + ((week * 7 + store * 13) % 11));
      put('fuel_price', 2.5 + ((week * 5 + store) % 17) / 10);
      put('cpi', 200 + ((week * 3 + store * 29) % 31));
      put('unemployment', 7 + ((week * 11 + store * 5) % 13) / 10);
      put('holiday_flag', week % 13 === 0 ? 1 : 0);
      put('year', day.getUTCFullYear());
      put('month', day.getUTCMonth() + 1);
      put('weekday', (day.getUTCDay() + 6) % 7);
      put('store', store);
      const season = 1e5 * Math.sin((day.getUTCMonth() / 6) * Math.PI);
      put('weekly_sales', 1e6 + 2e5 * store + season + 1000 * ((week * 17 + store * 7) % 23));
    }
  }
  return rows;
}

/** The row that the small model is checked by. */
export const SAMPLE_REQUEST: RawFeatures = {
  store: 2,
  date: '2011-07-08',
  temperature: 75.5,
  fuel_price: 3.2,
  holiday_flag: 0,
  unemployment: 8.1,
  cpi: 210.3,
};

/** A linear model that is prepared and fitted from synthetic rows as the loop does it, and its file. */
export function smallModel(version = 'v_20250710_073527'): {
  readonly model: Model;
  readonly bytes: Buffer;
} {
  const { plan, train, test } = prepareFeatures({ rows: syntheticRows(), settings: RECIPE });
  const { all } = gramsWithout({ matrix: train, ranges: [{ start: 0, end: train.rows }] });
  const estimator = { kind: 'linear', ...fitLinearRegression(all) } as const;
  const trained = scoresOf(estimator, train);
  const held = scoresOf(estimator, test);
  const content: ModelContent = {
    version,
    plan,
    estimator,
    parameters: {},
    scores: { trainR2: trained.r2, validationR2: held.r2, validationMse: held.mse },
  };
  const bytes = serialiseModel(withSample({ content, request: SAMPLE_REQUEST }));
  return { model: loadModel(bytes), bytes };
}

const RECIPE = {
  target: 'weekly_sales',
  numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
  categorical: ['holiday_flag', 'year', 'month', 'weekday', 'store'],
  outlierColumns: [],
  outlierFactor: 1.5,
  testFraction: 0.2,
  seed: 42,
  maxCorrelation: 0.95,
  // Nothing is dropped, so that every field of a request counts in the answer.
  maxVif: 1e6,
} as const;

function scoresOf(estimator: Estimator, matrix: FeatureMatrix) {
  const predicted = predictRows({ estimator, matrix });
  return regressionMetrics({ actual: matrix.y, predicted });
}
