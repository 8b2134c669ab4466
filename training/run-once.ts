import { claimRun } from './claim';
import { parseJob, type TrainingJob } from './job';
import type { FeatureTables, TrainingPorts } from './ports';
import type { ProcessIdentity } from './process-identity';
import { startProgress } from './progress';
import { runKeys } from './run-keys';
import { startLog } from './run-log';
import { trainRun } from './train-run';
import { errorFile } from './training-error';

/** How often a run gives a sign of life. */
const SIGN_OF_LIFE_MS = 5_000;

/** What became of a start of the program. */
export type RunOutcome = 'trained' | 'notFirst' | 'failed';

/**
 * One start of the program: claims the run, trains, and writes result.json, or error.json when it fails.
 * Writes nothing when another process has the run. Throws only when the claim itself can't be decided.
 */
export async function runOnce(input: {
  readonly ports: Omit<TrainingPorts, 'tables'>;
  /** The job says where the tables are. */
  readonly tablesOf: (job: TrainingJob) => FeatureTables;
  readonly jobKey: string;
  readonly identity: ProcessIdentity;
  readonly threadEntry?: string;
}): Promise<RunOutcome> {
  const { ports, tablesOf, identity, threadEntry } = input;
  const { objects, now } = ports;
  const keys = runKeys(input);
  const startedAt = now();
  const claim = { objects, key: keys.claim, resultKey: keys.result, identity, now };
  const outcome = await claimRun(claim);
  if (outcome.kind === 'lost') {
    ports.print(`the run belongs to ${outcome.to}: nothing to do`);
    return 'notFirst';
  }
  const log = startLog({ ...ports, key: keys.log });
  if (outcome.after) log.line(`takes over from process ${outcome.after.pid}, which has ended`);
  const onError = (error: unknown): void => log.line(`progress.json: ${errorFile(error).message}`);
  const intervalMs = SIGN_OF_LIFE_MS;
  const progress = startProgress({ objects, key: keys.progress, now, intervalMs, onError });
  const putJson = (key: string, value: object): Promise<unknown> =>
    objects.put({ key, body: JSON.stringify(value), contentType: 'application/json' });
  try {
    // Left by an attempt that this one repeats.
    await objects.delete({ key: keys.error });
    const job = parseJob(await objects.get({ key: keys.job }));
    log.line(`run ${job.run_id} in ${identity.instance}, process ${identity.pid}`);
    const all = { ...ports, tables: tablesOf(job) };
    const result = await trainRun({ ports: all, job, keys, log, progress, startedAt, threadEntry });
    progress.report({ stage: 'done', fraction: 1, message: `champion ${result.champion}` });
    await progress.close();
    await log.save();
    await putJson(keys.result, result);
    return 'trained';
  } catch (error) {
    const file = errorFile(error);
    log.line(`failed: ${file.type}: ${file.message}`);
    await progress.close();
    await log.save().catch((failed: unknown) => ports.print(errorFile(failed).message));
    await putJson(keys.error, file);
    return 'failed';
  }
}
