import type { Machine } from './machine';
import { formatTable, median } from './measure';

/** Bytes of a megabyte, as rates are given. */
export const MB = 1e6;

/** Seconds (or milliseconds, of SQL) by what was done. */
export type Seconds = Readonly<Record<string, number>>;

/** What was measured. */
export interface EmulatorFigures {
  readonly amounts: {
    readonly rows: number;
    /** Of the rows' values: 8 bytes a number, the bytes of the text. */
    readonly megabytes: number;
    readonly objectMegabytes: number;
  };
  /** One of each run; the median counts. */
  readonly ours: readonly Seconds[];
  readonly theirs: readonly Seconds[];
  /** Milliseconds of each statement. */
  readonly sql: Seconds;
  readonly readyMs: number;
  readonly machine: Machine;
}

/** Prints a table for people and, as the last line, one JSON object. */
export function reportEmulator(measured: EmulatorFigures): void {
  const { amounts, ours, theirs, sql, readyMs, machine } = measured;
  const figures = {
    rows: amounts.rows,
    ours: ratesOf(ours, amounts),
    official: ratesOf(theirs, amounts),
    sqlMs: sql,
    readyMs,
  };
  const ratio = (own: string, peer: string) => typical(theirs, peer) / typical(ours, own);
  const ratios = {
    upload: ratio('upload', 'uploadRecords'),
    download: ratio('download', 'downloadRecords'),
    put: ratio('put', 'put'),
    get: ratio('get', 'get'),
  };
  process.stdout.write(`${formatTable(tableOf(measured))}\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'emulator', figures, ratios, machine })}\n`);
}

function tableOf({ amounts, ours, theirs, sql }: EmulatorFigures): string[][] {
  const perSecond = (runs: readonly Seconds[], name: string): string => {
    const seconds = typical(runs, name);
    const rows = Math.round(amounts.rows / seconds);
    return `${(amounts.megabytes / seconds).toFixed(1)} MB/s, ${rows} rows/s`;
  };
  const objects = (runs: readonly Seconds[], name: string): string =>
    `${(amounts.objectMegabytes / typical(runs, name)).toFixed(1)} MB/s`;
  return [
    ['', 'ours', 'official, records', 'official, Arrow'],
    ...['upload', 'download'].map((name) => [
      `Tunnel ${name}`,
      perSecond(ours, name),
      perSecond(theirs, `${name}Records`),
      perSecond(theirs, `${name}Arrow`),
    ]),
    ...['put', 'get'].map((name) => [
      `OSS ${name}`,
      objects(ours, name),
      objects(theirs, name),
      '',
    ]),
    ...Object.entries(sql).map(([name, ms]) => [
      `SQL ${name}, 6 M rows`,
      `${ms.toFixed(0)} ms`,
      '',
      '',
    ]),
  ];
}

/** MB/s of everything that was timed. */
function ratesOf(
  runs: readonly Seconds[],
  { megabytes, objectMegabytes }: EmulatorFigures['amounts'],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.keys(runs[0]).map((name) => {
      const amount = name === 'put' || name === 'get' ? objectMegabytes : megabytes;
      return [`${name}MbPerSecond`, amount / typical(runs, name)];
    }),
  );
}

function typical(runs: readonly Seconds[], name: string): number {
  return median(runs.map((run) => run[name]));
}
