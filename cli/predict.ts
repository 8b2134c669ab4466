/** `pai-loop predict`: one call to the group's endpoint. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type ServingGroup, servingGroup } from './serving';
import { openSession } from './session';

/** A row as the service takes it; asked when nobody gives one. */
export const exampleRequest = {
  store: 1,
  temperature: 75.5,
  fuel_price: 3.2,
  holiday_flag: 0,
  unemployment: 8.1,
  cpi: 210.3,
} as const;

const timeoutMs = 30_000;

/** Prints the service's answer; a refused request is an error with the service's words. */
export async function predict(input: {
  readonly root: string;
  readonly pipeline?: string;
  readonly request?: string;
  readonly json?: boolean;
}): Promise<void> {
  const session = await openSession(input);
  const serving = await servingGroup(session);
  if (!serving?.modelVersion)
    throw new Error('nothing serves yet: run "npx pai-loop retrain" first');
  const answer = await askForPrediction(serving, await readRequest(input.request));
  process.stdout.write(`${JSON.stringify(answer, null, input.json ? undefined : 2)}\n`);
  await session.close();
}

/** Posts a request to the group and gives the answer. */
export async function askForPrediction(
  serving: Pick<ServingGroup, 'url' | 'token'>,
  request: unknown,
): Promise<unknown> {
  const response = await fetch(predictUrl(serving), {
    method: 'POST',
    headers: { authorization: serving.token, 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = await response.text();
  if (response.ok) return JSON.parse(body);
  throw new Error(`the service answered ${response.status}: ${body}`);
}

/** The same call for a terminal. */
export function predictCurl(serving: Pick<ServingGroup, 'url' | 'token'>): string {
  return [
    `curl -X POST '${predictUrl(serving)}' \\`,
    `  -H 'Authorization: ${serving.token}' -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(exampleRequest)}'`,
  ].join('\n');
}

function predictUrl(serving: Pick<ServingGroup, 'url'>): string {
  return `${serving.url.replace(/\/$/, '')}/predict`;
}

async function readRequest(argument: string | undefined): Promise<unknown> {
  if (argument === undefined) return exampleRequest;
  const written =
    argument === '-'
      ? await text(process.stdin)
      : argument.startsWith('@')
        ? await readFile(argument.slice(1), 'utf8')
        : argument;
  try {
    return JSON.parse(written);
  } catch (error) {
    throw new Error(
      `request: not JSON: ${written.slice(0, 80)}; write it like '${JSON.stringify(exampleRequest)}'`,
      { cause: error },
    );
  }
}
