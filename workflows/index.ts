/** The workflow types that a worker hosts. */
export { modelLifecycle } from './model-lifecycle';
export { monitor } from './monitor';
export { retrain } from './retrain';
export { retrainRun } from './retrain-run';
export { sweepLeftovers } from './sweep-leftovers';
