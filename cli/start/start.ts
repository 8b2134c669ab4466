/** `npm start`: everything that a local run needs, one retrain, and then a loop that goes on. */
import { loadSettings } from '../../config/load-settings';
import { runOnce } from '../follow-run';
import { askForPrediction, exampleRequest } from '../predict';
import { reportOf } from '../retrain';
import { servingGroup } from '../serving';
import { openSession } from '../session';
import { loadSales } from './load-sales';
import { LocalInstance } from './local-instance';
import { reportJson, reportText } from './report';

/** What `npm start` takes. */
export interface StartOptions {
  readonly root: string;
  readonly once?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** Runs until Ctrl-C, or with `--once` until the run has ended; the exit status says how it went. */
export async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { settings } = loadSettings({ root: options.root, env: process.env });
  const instance = new LocalInstance({ root: options.root, settings, say });
  const interrupted = untilInterrupted();
  const work = runTheLoop({ options, instance, say, startedAt });
  // Interrupting comes at any moment, also while something is starting: whichever ends first decides.
  const outcome = await Promise.race([work, interrupted]).catch((error: unknown) => ({ error }));
  if (outcome === 'done' && !options.once) await interrupted;
  say('stopping');
  await instance.stop();
  if (typeof outcome === 'object') throw outcome.error;
}

async function runTheLoop(input: {
  readonly options: StartOptions;
  readonly instance: LocalInstance;
  readonly say: (line: string) => void;
  readonly startedAt: number;
}): Promise<'done'> {
  const { options, instance, say, startedAt } = input;
  await instance.startCloud();
  const session = await openSession({ root: options.root });
  await loadSales({ session, root: options.root, file: options.data, say });
  await instance.startLoop();
  const before = await servingGroup(session);
  if (before?.modelVersion) {
    await askForPrediction(before, exampleRequest);
    say(`${before.modelVersion} serves; first prediction ${seconds(startedAt)} after the start`);
  }
  const { pipeline, settings } = session;
  const result = await runOnce(
    { session, say },
    {
      workflowId: `retrain/${pipeline.name}/${settings.environment}/start`,
      input: { pipeline: pipeline.name, reason: 'pai-loop was started', requestedBy: 'npm start' },
    },
  );
  const report = await reportOf(session, result);
  say(`first answered prediction of ${result.modelVersion} ${seconds(startedAt)} after the start`);
  const text = options.json ? JSON.stringify(reportJson(report)) : reportText(report);
  process.stdout.write(`${text}\n`);
  if (!options.once)
    say(`\n${instance.addresses()}\n\nCtrl-C stops it; the next start goes on from here.`);
  await session.close();
  return 'done';
}

function seconds(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('interrupted'));
    process.once('SIGTERM', () => resolve('interrupted'));
  });
}
