/** Asking for a run and showing where it is until it ends. */
import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { lifecycleId } from '../temporal/workflow-ids';
import {
  type LifecycleStatus,
  progress,
  type RetrainInput,
  type RetrainResult,
  type RunProgress,
  type RunResult,
  status,
} from '../workflows/messages';
import type { Session } from './session';

const pollMs = 500;

/** Where to look and whom to tell. */
export interface Follow {
  readonly session: Session;
  readonly say: (line: string) => void;
}

/**
 * Starts the front door under `workflowId` (or joins it where it is open) and waits for its result. A
 * refusal because a run is open is answered by waiting for that run.
 */
export async function runOnce(
  follow: Follow,
  request: { readonly workflowId: string; readonly input: RetrainInput },
): Promise<RunResult> {
  const client = await follow.session.temporal();
  const handle = await client.workflow.start('retrain', {
    workflowId: request.workflowId,
    taskQueue: follow.session.settings.temporal.taskQueue,
    args: [request.input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: request.input.reason,
  });
  const answer = await showUntil(follow, handle.result() as Promise<RetrainResult>);
  if (answer.granted) return answer;
  const open = (await lifecycleStatus(follow.session))?.openRun;
  if (!open) throw new Error(answer.reason);
  follow.say(answer.reason);
  const run = client.workflow.getHandle(open.workflowId);
  return showUntil(follow, run.result() as Promise<RunResult>);
}

/** The lifecycle's state; undefined before its first start. */
export async function lifecycleStatus(
  session: Pick<Session, 'settings' | 'pipeline' | 'temporal'>,
): Promise<LifecycleStatus | undefined> {
  const { pipeline, settings } = session;
  const { environment } = settings;
  const client = await session.temporal();
  const workflowId = lifecycleId({ pipeline: pipeline.name, environment });
  try {
    return await client.workflow.getHandle(workflowId).query(status);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function showUntil<Result>(follow: Follow, result: Promise<Result>): Promise<Result> {
  let ended = false;
  const settled = result.finally(() => {
    ended = true;
  });
  const startedAt = Date.now();
  const client = await follow.session.temporal();
  void (async () => {
    let shown = '';
    while (!ended) {
      const now = await openProgress(follow.session, client);
      if (now && now.phase !== shown && !ended) {
        shown = now.phase;
        const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
        follow.say(`${seconds} s  ${now.modelVersion}  ${now.phase}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  })();
  try {
    return await settled;
  } catch (error) {
    throw error instanceof WorkflowFailedError
      ? new Error('the run failed', { cause: error.cause })
      : error;
  }
}

/** Progress is shown where it can be had; that it can't be had ends nothing. */
async function openProgress(session: Session, client: Client): Promise<RunProgress | undefined> {
  try {
    const open = (await lifecycleStatus(session))?.openRun;
    return open && (await client.workflow.getHandle(open.workflowId).query(progress));
  } catch {
    return undefined;
  }
}
