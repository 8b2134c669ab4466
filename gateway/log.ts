/** A line of the gateway's log: an event's name and what belongs to it, never a body or a secret. */
export type Log = (line: {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly [field: string]: unknown;
}) => void;

/** Writes each line as one JSON object to standard error, where it doesn't mix with results. */
export const logToStderr: Log = (line) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
};
