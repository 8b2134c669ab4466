import fc from 'fast-check';
import { editDistance, nearest } from './nearest';

const word = fc.string({ maxLength: 12 });

test('distance is a metric and counts single edits', () => {
  expect(editDistance({ from: 'kitten', to: 'sitting' })).toBe(3);
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      const ab = editDistance({ from: a, to: b });
      expect(ab).toBe(editDistance({ from: b, to: a }));
      expect(ab === 0).toBe(a === b);
      expect(ab).toBeLessThanOrEqual(
        editDistance({ from: a, to: c }) + editDistance({ from: c, to: b }),
      );
    }),
  );
});

test('finds what was meant, in either spelling style, and nothing when nothing is near', () => {
  const candidates = ['accessKeyId', 'accessKeySecret', 'bucket'];
  expect(nearest({ word: 'access_key_id', candidates })).toBe('accessKeyId');
  expect(nearest({ word: 'buket', candidates })).toBe('bucket');
  expect(nearest({ word: 'zzzzzzzzzz', candidates })).toBeUndefined();
  expect(nearest({ word: 'x', candidates: [] })).toBeUndefined();
});
