/** The program inside a DSW instance: `node training.js <endpoint> <bucket> <region> <key of training.json>`. */
import { createCredentials } from '../alibaba/credentials-chain';
import { MaxCompute } from '../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../alibaba/oss/object-store';
import type { TrainingJob } from './job';
import { thisProcess } from './process-identity';
import { runOnce } from './run-once';

/** Runs the program with the process' arguments and sets its exit status: 0 trained or not first, else 1. */
export async function main(argv: readonly string[]): Promise<void> {
  const [endpoint, bucket, region, jobKey, instance] = argv;
  if (!endpoint || !bucket || !region || !jobKey) {
    process.stderr.write('usage: training.js <endpoint> <bucket> <region> <job key> [instance]\n');
    process.exitCode = 2;
    return;
  }
  const credentials = createCredentials({});
  const objects = new ObjectStore({ endpoint, bucket, region, credentials });
  const tablesOf = (job: TrainingJob): MaxCompute =>
    new MaxCompute({ ...job.maxcompute, region: job.region, credentials });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const ports = { objects, now: () => new Date(), print };
  const identity = thisProcess({ instance });
  const outcome = await runOnce({ ports, tablesOf, jobKey, identity });
  process.exitCode = outcome === 'failed' ? 1 : 0;
}
