import { isRestarted } from './success-policy';

describe('restart policies', () => {
  test.each([
    ['Always', 0, true],
    ['Always', 1, true],
    ['Never', 137, false],
    ['OnFailure', 0, false],
    ['OnFailure', 1, true],
    ['OnFailure', undefined, true],
    ['ExitCode', 0, false],
    ['ExitCode', 127, false],
    ['ExitCode', 128, true],
    ['ExitCode', undefined, true],
  ] as const)('%s after %s: %s', (policy, code, again) => {
    expect(isRestarted(policy, code)).toBe(again);
  });
});
