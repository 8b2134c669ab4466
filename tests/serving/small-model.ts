import { encodingOf } from '../../model/encoding';
import { buildFeaturePlan } from '../../model/feature-plan';
import { loadModel, type Model, type ModelContent, serialiseModel } from '../../model/model-file';
import { momentsOf } from '../../model/moments';
import type { RawFeatures } from '../../model/raw-features';

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

/** A linear model over a plan that feature selection made from synthetic rows; coefficients are set, not fitted. */
export function smallModel(version = 'v_20250710_073527'): {
  readonly model: Model;
  readonly bytes: Buffer;
} {
  const rows = syntheticRows();
  const encoding = encodingOf({
    numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
    categorical: ['holiday_flag', 'year', 'month', 'weekday', 'store'],
    rows,
  });
  const which = Int32Array.from(rows['store']!, (_, at) => at);
  const moments = momentsOf({ encoding, rows, which });
  const plan = buildFeaturePlan({
    target: 'weekly_sales',
    encoding,
    moments,
    maxCorrelation: 0.95,
    maxVif: 1e6,
  });
  const coefficients = Float64Array.from(plan.selected, (_, at) => 1000 * (at + 1) + 1 / 3);
  const content: ModelContent = {
    version,
    plan,
    estimator: { kind: 'linear', coefficients, intercept: 1_046_964.87 },
    parameters: {},
    scores: { trainR2: 0.95, validationR2: 0.94, validationMse: 1.7e10 },
  };
  const { value } = loadModel(serialiseModel(content)).predict(SAMPLE_REQUEST);
  const bytes = serialiseModel({
    ...content,
    sample: { request: SAMPLE_REQUEST, prediction: value },
  });
  return { model: loadModel(bytes), bytes };
}
