/** The one workflow per pipeline and environment that starts work: it grants runs and remembers them. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { readInput } from './input';
import { Lifecycle } from './lifecycle';
import { type LifecycleInput, requestRun, status } from './messages';
import { validateRequest } from './run-request';

/**
 * Waits for requests for ever. It never continues as new while a run is open or a request is being
 * answered, and hands on its memory when it does.
 */
export async function modelLifecycle(input: LifecycleInput = {}): Promise<void> {
  const { state, ...asked } = input;
  const { pipeline, environment } = readInput(asked, ['pipeline', 'environment']);
  const lifecycle = new Lifecycle({ pipeline, environment, state });
  setHandler(status, () => lifecycle.status(), { description: 'What the lifecycle is doing' });
  setHandler(requestRun, (request) => lifecycle.request(request), {
    validator: validateRequest,
    description: 'Ask for a run; answered in words when it is refused',
  });

  await lifecycle.begin();
  await condition(
    () => workflowInfo().continueAsNewSuggested && lifecycle.idle && allHandlersFinished(),
  );
  await continueAsNew<typeof modelLifecycle>(lifecycle.handOver());
}
