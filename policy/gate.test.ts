import fc from 'fast-check';
import { qualityGate } from './gate';

const gate = { minValidationR2: 0.9, maxLossAgainstChampionR2: 0.005 };
const candidate = (validationR2: number) => ({ modelVersion: 'v_20250710_073527', validationR2 });
const champion = (validationR2: number) => ({ modelVersion: 'v_20250601_000000', validationR2 });

test.each([
  ['first version, good', 0.9431, undefined, 'promote', 'no other version serves'],
  ['exactly the minimum', 0.9, undefined, 'promote', 'reaches the minimum 0.9000'],
  ['below the minimum', 0.8354, undefined, 'reject', '0.8354 is below the minimum 0.9000'],
  ['better than the champion', 0.95, 0.9431, 'promote', 'not below the champion'],
  ['a little worse', 0.94, 0.9431, 'promote', 'less the allowed 0.0050'],
  ['too much worse', 0.93, 0.9431, 'reject', 'below the champion v_20250601_000000'],
  ['nothing measured', Number.NaN, 0.9431, 'reject', 'has no validation R²'],
  ['champion without a figure', 0.95, Number.NaN, 'reject', 'no validation R² to compare with'],
])('%s', (_, r2, rival, verdict, words) => {
  const result = qualityGate({
    candidate: candidate(r2),
    champion: rival === undefined ? undefined : champion(rival),
    gate,
  });
  expect(result.verdict).toBe(verdict);
  expect(result.reason).toContain(words);
});

test('values, thresholds and margins are told', () => {
  const { checks } = qualityGate({ candidate: candidate(0.95), champion: champion(0.945), gate });
  expect(checks).toMatchObject([
    { name: 'minValidationR2', value: 0.95, threshold: 0.9, passed: true },
    { name: 'maxLossAgainstChampionR2', value: 0.95, passed: true },
  ]);
  expect(checks[1].threshold).toBeCloseTo(0.94, 12);
  expect(checks[1].margin).toBeCloseTo(0.01, 12);
});

test('a version is never compared with itself', () => {
  const itself = candidate(0.95);
  expect(qualityGate({ candidate: itself, champion: itself, gate }).checks).toHaveLength(1);
});

test('a higher R² never turns a promotion into a rejection', () => {
  const r2 = fc.double({ min: -2, max: 1, noNaN: true });
  fc.assert(
    fc.property(r2, r2, r2, (one, other, rival) => {
      const verdict = (value: number) =>
        qualityGate({ candidate: candidate(value), champion: champion(rival), gate }).verdict;
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      expect(verdict(low) === 'promote' && verdict(high) === 'reject').toBe(false);
    }),
  );
});

describe('where the back-test decides', () => {
  const gate = { minValidationR2: 0.9, maxLossAgainstChampionR2: 0.005 };
  const candidate = { modelVersion: 'v_20260101_000000', validationR2: 0.98 };

  it.each([
    [0.98, 0.976, 'promote', 'beats the same week last year (0.9760)'],
    [0.97, 0.976, 'reject', 'does not beat the same week last year (0.9760)'],
    [0.976, 0.976, 'reject', 'does not beat'],
    [undefined, 0.976, 'reject', 'was not back-tested'],
  ] as const)('%s against %s: %s', (r2, naiveR2, verdict, words) => {
    const result = qualityGate({ candidate, gate, backtest: { kind: 'ensemble', r2, naiveR2 } });
    expect(result.verdict).toBe(verdict);
    expect(result.reason).toContain(words);
    expect(result.checks.map(({ name }) => name)).toEqual([
      'minValidationR2',
      'beatsSeasonalNaive',
    ]);
  });

  it('a candidate below the minimum stays rejected however it does against the rule', () => {
    const weak = { ...candidate, validationR2: 0.5 };
    const backtest = { kind: 'ensemble', r2: 0.98, naiveR2: 0.976 };
    expect(qualityGate({ candidate: weak, gate, backtest }).verdict).toBe('reject');
  });
});
