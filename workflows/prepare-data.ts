/** Data processing: the run's own snapshot of the raw rows, the cleaned rows, and their profile. */
import type { Run } from './run-context';

/** Three steps of SQL where the data is; the outcome names the rows that the run works on. */
export async function prepareData(run: Run) {
  await run.steps.snapshotData(run.ref);
  const processed = await run.steps.processData(run.ref);
  await run.steps.profileData(run.ref);
  return processed;
}
