/** Whose workflow it is: one pipeline in one environment. Pure: workflows import this file. */
export interface WorkflowOwner {
  readonly pipeline: string;
  readonly environment: string;
}

/** Id of the entity workflow that grants runs and moves traffic. */
export function lifecycleId(owner: WorkflowOwner): string {
  return `lifecycle/${named(owner)}`;
}

/** Id of the work of one granted run. */
export function retrainRunId(input: WorkflowOwner & { readonly runId: string }): string {
  return `retrain-run/${named(input)}/${part(input.runId)}`;
}

/** Id of the watch over the serving version. */
export function monitorId(owner: WorkflowOwner): string {
  return `monitor/${named(owner)}`;
}

/** Id of the watch over the raw table. */
export function watchDataId(owner: WorkflowOwner): string {
  return `watch-data/${named(owner)}`;
}

/** Id of the sweep for what ended runs left behind in an environment. */
export function sweepId(input: { readonly environment: string }): string {
  return `sweep/${part(input.environment)}`;
}

/** Id of a schedule: `<pipeline>/<environment>/<what>`, for example `walmart/dev/retrain-daily`. */
export function scheduleId(input: WorkflowOwner & { readonly what: string }): string {
  return `${named(input)}/${part(input.what)}`;
}

function named({ pipeline, environment }: WorkflowOwner): string {
  return `${part(pipeline)}/${part(environment)}`;
}

// A slash inside a part would make one pipeline's id another's.
function part(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text)) return text;
  throw new RangeError(`Not a part of a workflow id: ${JSON.stringify(text)}`);
}
