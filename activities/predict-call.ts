/** A real prediction over a service's or a group's endpoint. */
import { type ActivityDeps, objectKeys, type RunRef } from './context';
import { failure } from './failure';

/** Longest wait for one answer, in milliseconds. */
const timeoutMs = 10_000;

/** The answer of `/predict` that is looked at here. */
export interface PredictAnswer {
  readonly predicted_weekly_sales: number;
  readonly model_version: string;
}

/** The row that training kept with its model, and what the model said to it. */
export interface Sample {
  readonly request: Readonly<Record<string, unknown>>;
  readonly prediction: number;
}

/** Reads the run's sample from the result of its training. */
export async function sampleOf(deps: ActivityDeps, run: RunRef): Promise<Sample> {
  const key = objectKeys(deps).run(run.runId, 'result.json');
  return (await deps.objects.getJson<{ readonly sample: Sample }>({ key })).sample;
}

/** Posts one row; anything but a 200 is a retryable failure that carries the service's words. */
export async function callPredict(input: {
  readonly url: string;
  readonly token: string;
  readonly request: Readonly<Record<string, unknown>>;
}): Promise<PredictAnswer> {
  const response = await fetch(`${input.url.replace(/\/$/, '')}/predict`, {
    method: 'POST',
    headers: { authorization: input.token, 'content-type': 'application/json' },
    body: JSON.stringify(input.request),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as PredictAnswer;
  throw failure(
    'CloudUnavailable',
    `the endpoint answered ${response.status}: ${text.slice(0, 300)}`,
  );
}
