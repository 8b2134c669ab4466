import { DEFAULT_RETRY, retryAfterMs, retryDelayMs, type TryFailure } from './retry';

const policy = { attempts: 4, baseMs: 100, maxMs: 1_000 };
const answer = (status: number, code = 'x', hint?: number): TryFailure => ({
  kind: 'answer',
  status,
  code,
  retryAfterMs: hint,
});
const lost: TryFailure = { kind: 'network', neverConnected: false };
const refused: TryFailure = { kind: 'network', neverConnected: true };

test.each<[string, TryFailure, number | undefined]>([
  ['GET', answer(503), 100],
  ['PUT', answer(502), 100],
  ['DELETE', answer(504), 100],
  ['GET', answer(500), undefined],
  ['GET', answer(404), undefined],
  ['GET', lost, 100],
  ['POST', answer(503), undefined],
  ['POST', lost, undefined],
  ['POST', refused, 100],
  ['POST', answer(429), 100],
  ['POST', answer(400, 'FlowExceeded'), 100],
  ['GET', answer(400, 'Throttling.User'), 100],
  ['GET', answer(429, 'x', 700), 700],
  ['GET', answer(503, 'x', 700), 700],
  ['GET', answer(429, 'x', 5), 100],
  ['GET', answer(429, 'x', 1_001), undefined],
])('after %s %j the next try comes in %p ms', (method, failure, delay) => {
  expect(retryDelayMs({ method, attempt: 1, failure, policy })).toBe(delay);
});

test('waits are doubled up to the longest, and end with the last try', () => {
  const waits = [1, 2, 3, 4].map((attempt) =>
    retryDelayMs({ method: 'GET', attempt, failure: lost, policy: { ...policy, maxMs: 300 } }),
  );
  expect(waits).toEqual([100, 200, 300, undefined]);
  expect(DEFAULT_RETRY.attempts).toBe(4);
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2025-07-10T07:35:27Z');
  expect(retryAfterMs('3', now)).toBe(3_000);
  expect(retryAfterMs('0.5', now)).toBe(500);
  expect(retryAfterMs('Thu, 10 Jul 2025 07:35:37 GMT', now)).toBe(10_000);
  expect(retryAfterMs('Thu, 10 Jul 2025 07:35:17 GMT', now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBeUndefined();
  expect(retryAfterMs(null, now)).toBeUndefined();
});
