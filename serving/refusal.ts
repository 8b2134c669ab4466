/** The body of every answer that refuses a request. */
export interface RefusalBody {
  readonly error: {
    /** Stable word for programs, for example `missing_field`, `unknown_level`. */
    readonly code: string;
    /** The request's field that is at fault; absent when it isn't one field. */
    readonly field?: string;
    /** Position of the row in a list, from 0; absent for a single object. */
    readonly index?: number;
    /** What is wrong, with the value, and what to send instead. */
    readonly message: string;
  };
}

/** What a refusal is made of: the HTTP status and the body's parts. */
export interface RefusalDetails {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly index?: number;
}

/** A request that can't be answered with a prediction, in words for the one who sent it. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: RefusalBody;

  constructor(details: RefusalDetails) {
    super(details.message);
    this.name = 'Refusal';
    this.status = details.status;
    const { code, field, index } = details;
    this.body = { error: { code, field, index, message: details.message } };
  }
}

/** A value as it was sent, for a message: JSON, cut after 60 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Known levels for a message, ascending, runs of whole numbers shortened: `1-11, 13-27, 29`.
 * At most 12 runs; what is left out is counted.
 */
export function shortened(levels: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const level of [...levels].sort((a, b) => a - b)) {
    const run = runs[runs.length - 1];
    if (run && level === run[1] + 1) run[1] = level;
    else runs.push([level, level]);
  }
  const words = runs
    .slice(0, 12)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  if (runs.length > 12) words.push(`and ${runs.length - 12} more ranges`);
  return words.join(', ');
}
