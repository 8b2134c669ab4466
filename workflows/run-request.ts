/** Requests to the lifecycle: their identity, and what is checked before one is accepted. */
import type { WorkflowInfo } from '@temporalio/workflow';
import { invalid } from './input';
import type { RunRequest } from './messages';

const texts = ['requestId', 'trigger', 'reason', 'requestedBy'] as const;

/**
 * Identity of a front door's request: the same for every retry of it, another one when somebody
 * starts the same workflow id anew.
 */
export function requestIdOf(info: WorkflowInfo): string {
  return `${info.workflowId}/${info.firstExecutionRunId}`;
}

/** Rejects an update whose fields are not text, naming the field. */
export function validateRequest(request: RunRequest): void {
  for (const name of texts) {
    const value: unknown = request?.[name];
    if (typeof value !== 'string' || value === '') {
      throw invalid(`request.${name}: expected text, got ${JSON.stringify(value)}`);
    }
  }
}
