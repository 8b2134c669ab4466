/** The one workflow per pipeline and environment that starts work and moves traffic. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { invalid, readInput } from './input';
import { Lifecycle } from './lifecycle';
import * as messages from './messages';
import {
  validateApproval,
  validatePerson,
  validateRequest,
  validateThreshold,
} from './run-request';

/**
 * Waits for triggers for ever and decides on each once. It never continues as new while a run is open
 * or a request is being answered, and hands on its memory when it does.
 */
export async function modelLifecycle(input: messages.LifecycleInput = {}): Promise<void> {
  const { state, ...asked } = input ?? {};
  const { pipeline, environment } = readInput(asked, ['pipeline', 'environment']);
  const lifecycle = new Lifecycle({ pipeline, environment, state });
  handleQuestions(lifecycle);
  handleTriggers(lifecycle);
  handlePeople(lifecycle);

  await lifecycle.begin();
  while (!mayHandOver(lifecycle)) {
    const before = lifecycle.moves;
    const { waitMs } = await lifecycle.decide();
    const changed = () => lifecycle.moves !== before || mayHandOver(lifecycle);
    if (waitMs === undefined) await condition(changed);
    else await condition(changed, waitMs);
  }
  await continueAsNew<typeof modelLifecycle>(lifecycle.handOver());
}

function mayHandOver(lifecycle: Lifecycle): boolean {
  return workflowInfo().continueAsNewSuggested && lifecycle.idle && allHandlersFinished();
}

function handleQuestions(lifecycle: Lifecycle): void {
  setHandler(messages.status, () => lifecycle.status(), {
    description: 'What the lifecycle is doing',
  });
  setHandler(messages.history, () => lifecycle.memory.history, {
    description: 'The newest decisions, each with its reason',
  });
}

function handleTriggers(lifecycle: Lifecycle): void {
  setHandler(messages.requestRun, (request) => lifecycle.request(request), {
    validator: validateRequest,
    description: 'Ask for a run; answered in words when it is refused',
  });
  const signals = [
    [messages.dataArrived, 'data', 'New rows have arrived'],
    [messages.performanceDropped, 'performance', 'Live accuracy has dropped'],
    [messages.retrainRequested, 'webhook', 'A program asks for a run'],
  ] as const;
  for (const [signal, trigger, description] of signals) {
    setHandler(signal, (sent) => takeSignal(lifecycle, trigger, sent), { description });
  }
}

/** A signal can't be refused: one without an id is ignored, or it would stop the workflow. */
function takeSignal(
  lifecycle: Lifecycle,
  trigger: 'data' | 'performance' | 'webhook',
  sent: messages.TriggerSignal,
): void {
  if (typeof sent?.id === 'string' && sent.id !== '') lifecycle.signalled(trigger, sent);
}

function handlePeople(lifecycle: Lifecycle): void {
  setHandler(messages.pause, (says) => lifecycle.pause(says), {
    validator: validatePerson,
    description: 'Stop automatic runs: {"by": "name", "reason": "why"}',
  });
  setHandler(messages.resume, (says) => lifecycle.resume(says), {
    validator: validatePerson,
    description: 'Allow automatic runs again: {"by": "name"}',
  });
  setHandler(messages.setThreshold, (says) => lifecycle.setThreshold(says), {
    validator: validateThreshold,
    description:
      'Set the drop of R² that asks for a retrain: {"by": "name", "maxR2DropFraction": 0.05}',
  });
  setHandler(messages.rollback, (says) => lifecycle.rollback(says), {
    validator: (says) => {
      validatePerson(says);
      const problem = lifecycle.rollbackProblem(says.modelVersion);
      if (problem) throw invalid(problem);
    },
    description: 'Give the traffic back to a kept version: {"by": "name", "modelVersion": "v_…"}',
  });
  setHandler(messages.approve, (answer) => lifecycle.answerApproval(answer, true), {
    validator: validateApproval,
    description: 'Let the run that waits go on: {"by": "name", "runId": "…"}',
  });
  setHandler(messages.reject, (answer) => lifecycle.answerApproval(answer, false), {
    validator: validateApproval,
    description: 'End the run that waits without promotion: {"by": "name", "runId": "…"}',
  });
}
