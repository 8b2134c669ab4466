/** One comparison that a decision rests on. `margin` is positive when the value is on the good side. */
export interface Check {
  readonly name: string;
  readonly value: number | null;
  readonly threshold: number;
  readonly margin: number | null;
  readonly passed: boolean;
}

/** The id of a workflow's nth event: safe in an OSS key, unique for workflow and sequence. */
export function eventId(input: { readonly workflowId: string; readonly sequence: number }): string {
  const { workflowId, sequence } = input;
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw new RangeError(`A sequence counts from 0, not ${sequence}`);
  }
  // `/` separates the parts of a workflow id; inside a key it would make folders.
  const safe = workflowId.replace(/[^A-Za-z0-9_-]/g, (unit) =>
    unit === '/' ? '.' : `=${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${safe}.${String(sequence).padStart(6, '0')}`;
}

/** OSS key of an event below the environment's prefix: `<prefix>/events/<day>/<event id>.json`. */
export function eventKey(input: {
  readonly prefix: string;
  readonly eventId: string;
  readonly observedAt: string;
}): string {
  const day = new Date(input.observedAt).toISOString().slice(0, 10).replaceAll('-', '');
  return `${input.prefix}/events/${day}/${input.eventId}.json`;
}
