import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { CloudError } from '../alibaba/cloud-error';
import type { SqlResult } from '../alibaba/maxcompute/maxcompute';
import { runSqlActivity, type SqlClient, withSql } from './run-sql';

const answer: SqlResult = { columns: [{ name: 'n', type: 'BIGINT' }], rows: [['1']], text: '' };

/** A MaxCompute that notes what it is asked; instances of `states` exist already. */
function recorder(states: Readonly<Record<string, 'Success' | 'Failed' | 'Cancelled'>> = {}) {
  const calls: string[] = [];
  let submitted = 0;
  const client: SqlClient = {
    async runSql({ query, onSubmitted }) {
      calls.push(`submit ${query}`);
      onSubmitted?.(`i${++submitted}`);
      return answer;
    },
    async waitForInstance({ instanceId }) {
      calls.push(`wait ${instanceId}`);
      const state = states[instanceId];
      if (state) return state;
      throw absent(instanceId);
    },
    async result({ instanceId }) {
      calls.push(`result ${instanceId}`);
      return answer;
    },
    async stopInstance({ instanceId }) {
      calls.push(`stop ${instanceId}`);
      if (!(instanceId in states) && !/^i\d/.test(instanceId)) throw absent(instanceId);
    },
  };
  return { client, calls };
}

function absent(instanceId: string): CloudError {
  return new CloudError({
    product: 'maxcompute',
    operation: 'GetInstance',
    code: 'NoSuchObject',
    message: `${instanceId} is not there`,
    statusCode: 404,
    retryable: false,
  });
}

/** Heartbeat details of a first attempt that ran these statements. */
async function detailsOf(statements: readonly { name: string; query: string }[]): Promise<unknown> {
  const environment = new MockActivityEnvironment();
  const details: unknown[] = [];
  environment.on('heartbeat', (heartbeat: unknown) => details.push(heartbeat));
  const { client } = recorder();
  await environment.run(() => runSqlActivity({ maxcompute: client, statements }));
  return details.at(-1);
}

const count = { name: 'count', query: 'SELECT 1' };

it('runs the statements in order and keeps each instance in the heartbeat', async () => {
  const { client, calls } = recorder();
  const statements = [count, { name: 'more', query: 'SELECT 2' }];
  const results = await new MockActivityEnvironment().run(() =>
    runSqlActivity({ maxcompute: client, statements }),
  );
  expect(results).toEqual([answer, answer]);
  expect(calls).toEqual(['submit SELECT 1', 'submit SELECT 2']);
  expect(await detailsOf(statements)).toMatchObject({
    instances: { count: { instanceId: 'i1' }, more: { instanceId: 'i2' } },
  });
});

describe('a retry', () => {
  const retry = async (
    states: Parameters<typeof recorder>[0],
    statement = count,
  ): Promise<readonly string[]> => {
    const environment = new MockActivityEnvironment({
      attempt: 2,
      heartbeatDetails: await detailsOf([count]),
    });
    const { client, calls } = recorder(states);
    await environment.run(() => runSqlActivity({ maxcompute: client, statements: [statement] }));
    return calls;
  };

  it('takes the answer of the instance that the attempt before submitted', async () => {
    expect(await retry({ i1: 'Success' })).toEqual(['wait i1', 'result i1']);
  });

  it.each(['Failed', 'Cancelled'] as const)('submits again after one that is %s', async (state) => {
    expect(await retry({ i1: state })).toEqual(['wait i1', 'submit SELECT 1']);
  });

  it('submits again when the service no longer knows the instance', async () => {
    expect(await retry({})).toEqual(['wait i1', 'submit SELECT 1']);
  });

  it('stops the old instance when the statement has become another one', async () => {
    const changed = { name: 'count', query: 'SELECT 3' };
    expect(await retry({ i1: 'Success' }, changed)).toEqual(['stop i1', 'submit SELECT 3']);
  });
});

it('stops the running instance when the activity is cancelled', async () => {
  const environment = new MockActivityEnvironment();
  const { client, calls } = recorder();
  const hanging: SqlClient = {
    ...client,
    async runSql({ onSubmitted, signal }) {
      onSubmitted?.('i9');
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        environment.cancel();
      });
    },
  };
  const run = environment.run(() => runSqlActivity({ maxcompute: hanging, statements: [count] }));
  await expect(run).rejects.toThrow(CancelledFailure);
  expect(calls).toEqual(['stop i9']);
});

it('passes on the error of a statement that fails', async () => {
  const { client } = recorder();
  const failing: SqlClient = { ...client, runSql: () => Promise.reject(absent('t')) };
  const run = new MockActivityEnvironment().run(() =>
    withSql({ maxcompute: failing }, (sql) => sql.select(count)),
  );
  await expect(run).rejects.toThrow(CloudError);
});
