/** What the front-door workflows do: ask the lifecycle for a run, then wait for the run that it names. */
import { activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { lifecycleId } from '../temporal/workflow-ids';
import { type RunAnswer, type RunRequest, type RunResult, requestRun } from '../workflows/messages';
import type { ActivityDeps } from './context';
import { failure } from './failure';

/** Milliseconds between two looks at a run that is waited for. */
const pollMs = 1000;

/**
 * Asks the pipeline's lifecycle (started when it isn't there) for a run. The update's id is the
 * request's, so that asking again gets the first answer.
 */
export function createRequestRun(deps: ActivityDeps) {
  return async (input: {
    readonly pipeline: string;
    readonly request: RunRequest;
  }): Promise<RunAnswer> => {
    const { pipeline, request } = input;
    const { environment } = deps.settings;
    const startWorkflowOperation = new WithStartWorkflowOperation('modelLifecycle', {
      workflowId: lifecycleId({ pipeline, environment }),
      taskQueue: deps.settings.temporal.taskQueue,
      args: [{ pipeline, environment }],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `Lifecycle of ${pipeline} in ${environment}`,
    });
    return deps.temporal.workflow.executeUpdateWithStart(requestRun, {
      updateId: request.requestId,
      args: [request],
      startWorkflowOperation,
    });
  };
}

/** Waits for the run's workflow and gives its result; its failure becomes this activity's. */
export function createAwaitRun(deps: ActivityDeps) {
  return async (input: { readonly workflowId: string }): Promise<RunResult> => {
    const handle = deps.temporal.workflow.getHandle(input.workflowId);
    for (;;) {
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') break;
      heartbeat({ attempt: activityInfo().attempt });
      cancellationSignal().throwIfAborted();
      await sleep(pollMs);
    }
    try {
      return (await handle.result()) as RunResult;
    } catch (error) {
      throw failure('RunFailed', `${input.workflowId} did not end well: ${causeOf(error)}`, error);
    }
  };
}

function causeOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return deepest instanceof Error ? deepest.message : String(deepest);
}
