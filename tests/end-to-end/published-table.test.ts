import { existsSync } from 'node:fs';
import path from 'node:path';
import { LocalRun, type LocalRun as Run, root } from './local-run';

const realData = path.join(root, '..', 'shared', 'data', 'Walmart.csv');
const minute = 60_000;

/** The published table: train R², validation R², validation mean squared error. */
const published = {
  linear: { train: 0.9545, validation: 0.9431, mse: 17_186_313_041, within: 0.000_05 },
  elasticNet: { train: 0.9524, validation: 0.9421, mse: 17_475_813_167, within: 0.000_05 },
  randomForest: { train: 0.8599, validation: 0.8354, mse: undefined, within: 0.003 },
} as const;

(existsSync(realData) ? describe : describe.skip)('a start with the published data', () => {
  let run: Run;
  beforeAll(async () => {
    run = await LocalRun.inNewHome();
  });
  afterAll(() => run.dispose(), minute);

  it(
    'ends with the published table, a serving version and a prediction',
    async () => {
      const output = await run.run('start', '--once', '--json', '--data', realData);
      expect(output.stderr).not.toContain('failed');
      expect(output.code).toBe(0);
      const report = JSON.parse(output.stdout.trim().split('\n').at(-1) ?? '');

      expect(report.champion).toBe('linear');
      expect(report.models).toHaveLength(3);
      for (const model of report.models) {
        const expected = published[model.kind as keyof typeof published];
        expect(Math.abs(model.train_r2 - expected.train)).toBeLessThan(expected.within);
        expect(Math.abs(model.validation_r2 - expected.validation)).toBeLessThan(expected.within);
        if (expected.mse) expect(Math.round(model.validation_mse)).toBe(expected.mse);
        expect(model.features).toBe(58);
      }
      expect(report.tables).toMatchObject({
        walmart_processed_data: 5917,
        walmart_train_vif: 4733,
        walmart_test_vif: 1184,
      });
      expect(report.model_version).toBe(`v_${report.run_id}`);
      expect(report.serving_version).toBe(report.model_version);
      expect(report.service.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/predict\/walmart_dev$/);
      expect(report.prediction.model_version).toBe(report.model_version);
      expect(report.prediction.predicted_weekly_sales).toBeGreaterThan(0);
      expect(await run.endpoints()).toBeUndefined();
    },
    8 * minute,
  );
});
