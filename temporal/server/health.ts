import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** One question to a server: does its frontend serve? Never throws. */
export async function isServing(input: {
  readonly address: string;
  readonly timeoutMs: number;
}): Promise<boolean> {
  try {
    const { address, timeoutMs } = input;
    const connection = await Connection.connect({ address, connectTimeout: timeoutMs });
    try {
      const answer = await connection.withDeadline(Date.now() + timeoutMs, () =>
        connection.healthService.check({
          service: 'temporal.api.workflowservice.v1.WorkflowService',
        }),
      );
      return answer.status === 1;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/** Waits until a server serves; false when it ended or the time ran out. */
export async function waitUntilServing(input: {
  readonly address: string;
  readonly timeoutMs: number;
  /** True once it makes no sense to wait any longer. */
  readonly hasEnded: () => boolean;
}): Promise<boolean> {
  const until = Date.now() + input.timeoutMs;
  while (Date.now() < until && !input.hasEnded()) {
    if (await isServing({ address: input.address, timeoutMs: 2000 })) return true;
    await sleep(100);
  }
  return false;
}
