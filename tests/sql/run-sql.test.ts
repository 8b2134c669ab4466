import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { runSqlActivity, type Statement } from '../../activities/run-sql';
import type { SqlResult } from '../../alibaba/maxcompute/maxcompute';
import { type LocalProject, startLocalProject } from './local-project';

let project: LocalProject;
beforeAll(async () => {
  project = await startLocalProject();
  await run('CREATE TABLE numbers (n BIGINT)');
  const upload = await project.maxcompute.openUpload({ table: 'numbers', overwrite: true });
  const rows = Array.from({ length: 5_000 }, (_, n) => [n]);
  await upload.writeBlock({ blockId: 0, rows });
  await upload.commit({ blockIds: [0] });
}, 60_000);
afterAll(() => project.close());
afterEach(() => jest.restoreAllMocks());

function run(query: string) {
  return project.maxcompute.runSql({ query });
}

function inActivity(
  environment: MockActivityEnvironment,
  statements: readonly Statement[],
): Promise<readonly SqlResult[]> {
  const { maxcompute } = project;
  return environment.run(() => runSqlActivity({ maxcompute, statements }));
}

const count = [{ name: 'count', query: 'SELECT COUNT(*) AS c FROM numbers' }];
/** More than a hundred thousand million pairs: it runs until it is stopped. */
const endless = [
  {
    name: 'endless',
    query: `SELECT /*+ MAPJOIN(b, c) */ COUNT(*) AS c FROM numbers a
JOIN numbers b ON a.n <> b.n JOIN numbers c ON SIN(b.n + a.n) > COS(c.n * a.n)`,
  },
];

it('a retry takes the answer of the instance that was submitted before, submitting nothing', async () => {
  const { maxcompute } = project;
  const heartbeats: unknown[] = [];
  const first = new MockActivityEnvironment();
  first.on('heartbeat', (details: unknown) => heartbeats.push(details));
  const [answer] = await inActivity(first, count);
  expect(answer.rows).toEqual([['5000']]);
  const submit = jest.spyOn(maxcompute, 'submitSql');
  const second = new MockActivityEnvironment({ attempt: 2, heartbeatDetails: heartbeats.at(-1) });
  const [again] = await inActivity(second, count);
  expect(again).toEqual(answer);
  expect(submit).not.toHaveBeenCalled();
}, 60_000);

it('a cancelled activity stops its instance on the server', async () => {
  const { maxcompute } = project;
  const environment = new MockActivityEnvironment();
  const submitted = new Promise<string>((resolve) => {
    environment.on(
      'heartbeat',
      (details: { instances: Record<string, { instanceId: string }> }) => {
        if (details.instances['endless']) resolve(details.instances['endless'].instanceId);
      },
    );
  });
  const running = inActivity(environment, endless);
  const instanceId = await submitted;
  environment.cancel();
  await expect(running).rejects.toThrow(CancelledFailure);
  expect(await maxcompute.waitForInstance({ instanceId })).toBe('Cancelled');
}, 60_000);
