import { decidingR2 } from './deciding-r2';

const champion = { kind: 'ensemble', validationR2: 0.5 };
const rows = [
  { name: 'ensemble', horizon: 'oneStep', r2: 0.99 },
  { name: 'ensemble', horizon: 'direct', r2: 0.98 },
] as const;

it('is the figure of the evaluation that decides, never of another', () => {
  expect(decidingR2({ champion })).toBe(0.5);
  expect(decidingR2({ champion, evaluation: { decides: 'validation', rows } })).toBe(0.5);
  expect(decidingR2({ champion, evaluation: { decides: 'backtest', rows } })).toBe(0.98);
  expect(decidingR2({ champion, evaluation: { decides: 'backtest', rows: [] } })).toBeNaN();
});
