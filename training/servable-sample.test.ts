import type { FeaturePlan } from '../model/feature-plan';
import { servableSample } from './servable-sample';

const sample = {
  store: 28,
  date: '2010-07-09',
  temperature: 60,
  fuel_price: 3,
  holiday_flag: 0,
  unemployment: 8,
  cpi: 200,
};

function planOf(seen: Record<string, number[]>): FeaturePlan {
  const all = {
    holiday_flag: [0, 1],
    year: [2010, 2011],
    month: [7, 8],
    weekday: [4],
    store: [28],
  };
  return {
    seen: Object.entries({ ...all, ...seen }).map(([column, levels]) => ({ column, levels })),
    yearRange: { first: 2010, last: 2011 },
  } as unknown as FeaturePlan;
}

test('a row whose levels are all known stays as it is', () => {
  expect(servableSample({ plan: planOf({}), sample })).toEqual(sample);
});

test('an unseen store gives way to a known one, a date to the first known day', () => {
  const plan = planOf({ store: [3, 5], month: [2, 8] });
  expect(servableSample({ plan, sample })).toEqual({ ...sample, store: 3, date: '2010-02-05' });
});
