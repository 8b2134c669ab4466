/** Data processing: the run's own snapshot of the raw rows, the cleaned rows, and their profile. */
import type { DataFinding } from './messages';
import type { Run } from './run-context';

/** Three steps of SQL where the data is; the outcome names the rows that the run works on. */
export async function prepareData(run: Run) {
  await run.steps.snapshotData(run.ref);
  const processed = await run.steps.processData(run.ref);
  const profile = await run.steps.profileData(run.ref);
  run.find(lostStores(profile));
  return processed;
}

/** A group that processing removes whole can't be learnt, and nobody sees it in a count of rows. */
function lostStores({ lostStores }: { readonly lostStores?: readonly number[] }): DataFinding[] {
  if (!lostStores?.length) return [];
  const groups = lostStores.map((store) => `store ${store}`);
  const words = `outlier removal left no row of ${groups.join(', ')}: the published models can't answer for them`;
  return [{ name: 'groupRemoved', groups, words }];
}
