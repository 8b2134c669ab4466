/** The front door that people, schedules and webhooks start. */
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { RunTrigger } from '../policy/admission';
import { invalid, readInput } from './input';
import type { RetrainInput, RetrainResult } from './messages';
import { requestIdOf } from './run-request';
import { describePipeline, stepsOf } from './steps';

const triggers: readonly string[] = [
  'manual',
  'schedule',
  'webhook',
  'data',
  'performance',
] satisfies readonly RunTrigger[];

const { awaitRun } = proxyActivities<Activities>({
  startToCloseTimeout: '7 days',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

/** Asks the pipeline's lifecycle for a run and waits for it, or returns the refusal in words. */
export async function retrain(input: RetrainInput = {}): Promise<RetrainResult> {
  const fields = ['pipeline', 'environment', 'reason', 'requestedBy', 'trigger'] as const;
  const asked = readInput(input, fields);
  const trigger = asked.trigger ?? 'manual';
  if (!triggers.includes(trigger)) {
    throw invalid(`input.trigger: "${trigger}" is unknown; use one of ${triggers.join(', ')}`);
  }
  const { pipeline } = await describePipeline(asked);
  const answer = await stepsOf(pipeline).requestRun({
    pipeline: pipeline.name,
    request: {
      requestId: requestIdOf(workflowInfo()),
      trigger: trigger as RunTrigger,
      reason: asked.reason ?? 'asked for by hand',
      requestedBy: asked.requestedBy ?? 'unknown',
    },
  });
  if (!answer.granted) return { granted: false, reason: answer.reason };
  const result = await awaitRun({ workflowId: answer.run.workflowId });
  return { granted: true, ...result };
}
