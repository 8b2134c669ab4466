import { mergeJson } from './json';

test('objects merge, everything else replaces', () => {
  const base = {
    a: 1,
    metadata: { cpu: 1, memory: 2 },
    containers: [{ image: 'x' }],
    labels: null,
  };
  const change = { metadata: { cpu: 3 }, containers: [{ image: 'y' }], labels: { k: 'v' } };
  expect(mergeJson(base, change)).toEqual({
    a: 1,
    metadata: { cpu: 3, memory: 2 },
    containers: [{ image: 'y' }],
    labels: { k: 'v' },
  });
  expect(base.metadata.cpu).toBe(1);
});
