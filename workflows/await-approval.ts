/** A run that waits for a named person's answer, for days if need be, holding nothing meanwhile. */
import { condition, setHandler } from '@temporalio/workflow';
import { type Approval, approval } from './messages';
import type { Run } from './run-context';

const hourMs = 3_600_000;

/** Resolves with the person's answer; no answer in time counts as a rejection that says so. */
export async function awaitApproval(run: Run): Promise<Approval> {
  const { approvalExpiresHours } = run.pipeline.gate;
  let answer: Approval | undefined;
  setHandler(approval, (given) => {
    answer ??= given;
  });
  await condition(() => answer !== undefined, approvalExpiresHours * hourMs);
  return (
    answer ?? {
      approved: false,
      by: 'nobody',
      reason: `no answer within ${approvalExpiresHours} hours`,
    }
  );
}
