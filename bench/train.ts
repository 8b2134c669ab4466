import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { thisMachine } from './machine';
import { type Finished, formatTable, median, runProcess } from './measure';
import { pythonWith } from './python-venv';
import { expectSameTraining } from './same-output';
import type { TrainOutput } from './train-output';

const ROOT = path.resolve(__dirname, '..');

/** Options of `bench train`. */
export interface TrainBenchOptions {
  /** CSV in the raw schema; Walmart.csv beside the checkout when there, else the sample. */
  readonly data?: string;
  /** Measured runs of each program, after one that warms up. */
  readonly repeats: number;
  /** Threads of ours and jobs of the peer. */
  readonly threads: number;
}

/**
 * Wall time of the whole training part, from the start of the process on a CSV file to all fitted
 * models, against scikit-learn doing the same; the outputs are compared before anything is timed.
 * Prints a table and, as the last line, one JSON object.
 */
export async function benchTrain(options: TrainBenchOptions): Promise<void> {
  const machine = thisMachine();
  const data = options.data ?? defaultData();
  const { threads, repeats } = options;
  const peer = path.join(ROOT, 'bench', 'peers');
  const python = await pythonWith({ requirements: path.join(peer, 'requirements.txt') });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pai-loop-bench-'));
  try {
    const program = await bundleProgram(folder);
    const runOurs = (mode: 'shared' | 'unshared'): Promise<Finished> =>
      runProcess({ command: process.execPath, args: [program, data, String(threads), mode] });
    const script = path.join(peer, 'train_sklearn.py');
    const runTheirs = (): Promise<Finished> =>
      runProcess({ command: python, args: ['-W', 'ignore', script, data, String(threads)] });

    const unshared = outputOf(await runOurs('unshared'));
    const first = { ours: outputOf(await runOurs('shared')), theirs: outputOf(await runTheirs()) };
    expectSameTraining(first);
    const ours: Finished[] = [];
    const theirs: Finished[] = [];
    // Turn by turn: what else the machine does meets both.
    for (let i = 0; i < repeats; i++) {
      ours.push(await runOurs('shared'));
      theirs.push(await runTheirs());
    }
    report({ data, threads, machine, ours, theirs, unshared });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function defaultData(): string {
  const real = path.resolve(ROOT, '..', 'shared', 'data', 'Walmart.csv');
  return fs.existsSync(real) ? real : path.join(ROOT, 'data', 'sample_sales.csv');
}

async function bundleProgram(folder: string): Promise<string> {
  const outfile = path.join(folder, 'train-program.js');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/train-program.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.3',
    format: 'cjs',
    logLevel: 'warning',
  });
  return outfile;
}

function outputOf({ stdout }: Finished): TrainOutput {
  return JSON.parse(stdout) as TrainOutput;
}

function report(input: {
  data: string;
  threads: number;
  machine: ReturnType<typeof thisMachine>;
  ours: readonly Finished[];
  theirs: readonly Finished[];
  unshared: TrainOutput;
}): void {
  const { data, threads, machine, ours, theirs, unshared } = input;
  const wall = (runs: readonly Finished[]): number => median(runs.map(({ wallMs }) => wallMs));
  const step = (runs: readonly Finished[], name: string): number =>
    median(runs.map((run) => outputOf(run).steps[name]));
  const last = {
    ours: outputOf(ours[ours.length - 1]),
    theirs: outputOf(theirs[theirs.length - 1]),
  };
  const figures = {
    wallMs: Math.round(wall(ours)),
    peerWallMs: Math.round(wall(theirs)),
    wallMsRuns: ours.map(({ wallMs }) => Math.round(wallMs)),
    peerWallMsRuns: theirs.map(({ wallMs }) => Math.round(wallMs)),
    fitMs: Math.round(step(ours, 'fit')),
    peerFitMs: Math.round(step(theirs, 'lines') + step(theirs, 'forest')),
    unsharedForestMs: Math.round(unshared.steps.unsharedForest),
    peerForestMs: Math.round(step(theirs, 'forest')),
  };
  const ratio = (theirMs: number, ourMs: number): number => Number((theirMs / ourMs).toFixed(2));
  const ratios = {
    wall: ratio(figures.peerWallMs, figures.wallMs),
    fit: ratio(figures.peerFitMs, figures.fitMs),
    forestWithoutSharing: ratio(figures.peerForestMs, figures.unsharedForestMs),
  };
  const ms = (value: number): string => `${value} ms`;
  const times = (value: number): string => `${value} x`;
  const lines = [
    ['median', 'pai-loop', 'scikit-learn', 'ratio'],
    [
      'CSV to all models, whole process',
      ms(figures.wallMs),
      ms(figures.peerWallMs),
      times(ratios.wall),
    ],
    ['fits alone', ms(figures.fitMs), ms(figures.peerFitMs), times(ratios.fit)],
    [
      'forest grid, nothing shared between fits',
      ms(figures.unsharedForestMs),
      ms(figures.peerForestMs),
      times(ratios.forestWithoutSharing),
    ],
  ];
  const models = [['R² train / validation', 'pai-loop', 'scikit-learn']];
  last.ours.models.forEach((model, i) => {
    const pair = (one: { trainR2: number; validationR2: number }): string =>
      `${one.trainR2.toFixed(4)} / ${one.validationR2.toFixed(4)}`;
    models.push([model.kind, pair(model), pair(last.theirs.models[i])]);
  });
  const versions = { ...last.ours.versions, ...last.theirs.versions };
  process.stdout.write(
    [
      `${path.basename(data)}: ${last.ours.rows.clean} rows after outliers, ${last.ours.features} features, ${threads} threads, ${ours.length} runs each`,
      '',
      formatTable(models),
      '',
      formatTable(lines),
      '',
      'A smaller forest is the prefix of a larger one and a shallower tree the truncation of a deeper one: the grid',
      "grows 300 trees instead of 1,800. That gain is the algorithm's; the last row is without it, on one warm run.",
      '',
      JSON.stringify({ bench: 'train', figures, ratios, machine: { ...machine, versions } }),
      '',
    ].join('\n'),
  );
}
