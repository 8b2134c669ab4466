/** A run's id: `YYYYMMDD_HHMMSS` in UTC, the moment of its grant. */
export type RunId = string;

const second = 1000;

/** The id for a moment (milliseconds since 1970, UTC); parts of a second are dropped. */
export function formatRunId(timeMs: number): RunId {
  const iso = new Date(timeMs).toISOString();
  if (!/^\d{4}-/.test(iso)) throw new RangeError(`No run id can name the year of ${iso}`);
  return `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11, 19).replaceAll(':', '')}`;
}

/** Milliseconds since 1970 of a run id, or undefined when the text isn't one. */
export function parseRunId(runId: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})$/.exec(runId);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, seconds] = match;
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${seconds}Z`);
  // Date.parse takes 30 February for 1 March: only a round trip proves the date.
  return Number.isNaN(timeMs) || formatRunId(timeMs) !== runId ? undefined : timeMs;
}

/** A new id for `nowMs`, strictly after `last`: two grants in one second, or a clock set back, still differ. */
export function mintRunId(input: { readonly nowMs: number; readonly last?: RunId }): RunId {
  const lastMs = input.last === undefined ? undefined : parseRunId(input.last);
  if (input.last !== undefined && lastMs === undefined) {
    throw new RangeError(`Not a run id: ${JSON.stringify(input.last)}`);
  }
  const earliest = lastMs === undefined ? input.nowMs : Math.max(input.nowMs, lastMs + second);
  return formatRunId(earliest);
}
