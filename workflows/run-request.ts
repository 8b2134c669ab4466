/** What is checked before the lifecycle accepts an update; a refusal names the field. */
import type { WorkflowInfo } from '@temporalio/workflow';
import { invalid } from './input';
import type { ApprovalAnswer, PersonSays, RunRequest } from './messages';

/**
 * Identity of a front door's request: the same for every retry of it, another one when somebody
 * starts the same workflow id anew.
 */
export function requestIdOf(info: WorkflowInfo): string {
  return `${info.workflowId}/${info.firstExecutionRunId}`;
}

/** A front door's request: every field is text. */
export function validateRequest(request: RunRequest): void {
  for (const name of ['requestId', 'trigger', 'reason', 'requestedBy'] as const) {
    requireText('request', name, request?.[name]);
  }
}

/** A person's word: it has a name. */
export function validatePerson(says: PersonSays): void {
  requireText('input', 'by', says?.by);
}

/** A threshold: a fraction between 0 and 1. */
export function validateThreshold(says: PersonSays & { readonly maxR2DropFraction: number }): void {
  validatePerson(says);
  const { maxR2DropFraction: value } = says;
  if (typeof value !== 'number' || !(value > 0 && value < 1)) {
    throw invalid(
      `input.maxR2DropFraction: expected a fraction between 0 and 1, got ${JSON.stringify(value)}`,
    );
  }
}

/** An answer to a run that waits. */
export function validateApproval(answer: ApprovalAnswer): void {
  validatePerson(answer);
  requireText('input', 'runId', answer.runId);
}

function requireText(where: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw invalid(`${where}.${name}: expected text, got ${JSON.stringify(value)}`);
  }
}
