import fs from 'node:fs';
import path from 'node:path';
import type { LoggedRequest } from '../../emulator/control/request-log';
import type { Check } from './check';

/** What one suite's client exercised: `product/Operation`, in order. */
export interface SuiteResult {
  readonly client: string;
  readonly operations: readonly string[];
}

/** Where the results of the last good runs are kept; docs/emulator.md is made from them. */
export const RESULTS = path.join(__dirname, 'results');

/** Clients send these when they feel like it, not because a suite asks for it. */
const OPPORTUNISTIC = new Set(['maxcompute/PutClientUsage']);

/** The operations that official clients called with success. */
export function exercised(requests: readonly LoggedRequest[]): readonly string[] {
  const names = requests
    .filter(({ client, status }) => client !== 'pai-loop' && status !== undefined && status < 400)
    .map(({ product, operation }) => `${product}/${operation}`)
    .filter((name) => !name.endsWith('/Unknown') && !OPPORTUNISTIC.has(name));
  return [...new Set(names)].sort();
}

/**
 * Keeps a good run's result. A run that exercises less than the committed one is a failed check, so that the
 * table can't promise what no run shows; `WRITE_DOCS=1` takes it as it is.
 */
export function keepResult(given: {
  readonly suite: string;
  readonly result: SuiteResult;
}): readonly Check[] {
  const file = path.join(RESULTS, `${given.suite}.json`);
  const text = `${JSON.stringify(given.result, undefined, 2)}\n`;
  const last = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  if (text === last) return [];
  const before = last === undefined ? [] : (JSON.parse(last) as SuiteResult).operations;
  const gone = before.filter((name) => !given.result.operations.includes(name));
  if (gone.length > 0 && process.env.WRITE_DOCS !== '1') {
    const detail = `no more: ${gone.join(', ')}; if that is meant, run once with WRITE_DOCS=1`;
    return [{ check: 'every operation of the last run is exercised again', ok: false, detail }];
  }
  fs.mkdirSync(RESULTS, { recursive: true });
  fs.writeFileSync(file, text);
  return [];
}
