import { gridPoints, type SearchInput, type SearchPoint, search } from './search';

const space = { a: [0, 1, 2, 3], b: [10, 20] };
const lossOf = ({ a, b }: SearchPoint): number => (a - 2) ** 2 + b / 100;

function input(more: Partial<SearchInput>): SearchInput {
  return {
    space,
    strategy: { kind: 'grid' },
    seed: 1,
    budgetMs: 1000,
    now: () => 0,
    evaluate: async (point) => lossOf(point),
    ...more,
  };
}

test('a grid measures every combination and takes the best', async () => {
  const { best, scores, ended } = await search(input({}));
  expect(scores.map(({ point }) => point)).toEqual(gridPoints(space));
  expect(scores).toHaveLength(8);
  expect(best.point).toEqual({ a: 2, b: 10 });
  expect(ended).toBe('space');
});

test('random draws differ from each other and are the same for the same seed', async () => {
  const draw = async (seed: number): Promise<SearchPoint[]> => {
    const { scores } = await search(input({ strategy: { kind: 'random', draws: 5 }, seed }));
    return scores.map(({ point }) => point);
  };
  const first = await draw(3);
  expect(new Set(first.map((point) => JSON.stringify(point))).size).toBe(5);
  expect(await draw(3)).toEqual(first);
  expect(await draw(4)).not.toEqual(first);
});

test('halving measures fewer points with more effort and judges by the last round', async () => {
  const strategy = { kind: 'halving', draws: 8, factor: 2 } as const;
  const evaluate: SearchInput['evaluate'] = async (point, effort) => lossOf(point) / effort;
  const { best, scores } = await search(input({ strategy, evaluate }));
  const efforts = scores.map(({ effort }) => effort);
  expect(efforts).toEqual([...Array(8).fill(1 / 8), ...Array(4).fill(1 / 4), 1 / 2, 1 / 2, 1]);
  expect(best).toMatchObject({ point: { a: 2, b: 10 }, effort: 1 });
});

test('the time budget ends a search after a whole point, the first is always measured', async () => {
  let time = 0;
  const evaluate: SearchInput['evaluate'] = async (point) => {
    time += 40;
    return lossOf(point);
  };
  const grid = await search(input({ evaluate, now: () => time, budgetMs: 100 }));
  expect([grid.scores.length, grid.ended]).toEqual([3, 'time']);
  const none = await search(input({ evaluate, now: () => time, budgetMs: 0 }));
  expect([none.scores.length, none.ended]).toEqual([1, 'time']);
  const strategy = { kind: 'halving', draws: 8, factor: 2 } as const;
  const halving = await search(input({ strategy, evaluate, now: () => time, budgetMs: 420 }));
  expect([halving.scores.length, halving.ended]).toEqual([11, 'time']);
  await expect(search(input({ space: { a: [] } }))).rejects.toThrow(RangeError);
});
