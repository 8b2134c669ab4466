/** The sweep that a schedule starts: nothing goes on billing for a run that is not open. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { sweepLeftovers: sweep } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

/** Ends instances and services that no open run stands for. */
export async function sweepLeftovers(): Promise<Awaited<ReturnType<Activities['sweepLeftovers']>>> {
  return sweep();
}
