import type { Check } from './check';
import { runSuite, type Suite } from './official-client';
import { officialPython } from './venv';

/**
 * A jest suite that is one official client's verdict: fails with the checks that failed. `leftOut` says
 * why the program can't run here (by default: no Python); then the suite is skipped and says so, unless
 * `PAI_LOOP_REQUIRE_OFFICIAL=1` insists.
 */
export function judgedBy(suite: Suite & { readonly leftOut?: () => string | undefined }): void {
  const reason = (suite.leftOut ?? pythonIsMissing)();
  const insists = process.env.PAI_LOOP_REQUIRE_OFFICIAL === '1';
  if (reason !== undefined && !insists) {
    process.stderr.write(`left out, ${suite.name}: ${reason}\n`);
    describe.skip(`${suite.name} (left out: ${reason})`, () => {
      test('is judged by the official client', () => undefined);
    });
    return;
  }
  describe(`${suite.name}, the official client`, () => {
    const timeout = (suite.timeoutMs ?? 240_000) + 20_000;
    test(
      'finds every check as it should be',
      async () => {
        if (reason !== undefined) throw new Error(`PAI_LOOP_REQUIRE_OFFICIAL=1, but ${reason}`);
        const checks = await runSuite(suite);
        expect(checks.filter(({ ok }) => !ok).map(inWords)).toEqual([]);
      },
      timeout,
    );
  });
}

function pythonIsMissing(): string | undefined {
  const found = officialPython();
  return 'reason' in found ? found.reason : undefined;
}

function inWords({ check, detail }: Check): string {
  return detail ? `${check}: ${detail}` : check;
}
