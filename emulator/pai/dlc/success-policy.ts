import type { JobRecord, PodRecord, RestartPolicy } from './job-record';

/** Roles that serve the others and are ended with them. */
const HELPERS: ReadonlySet<string> = new Set(['PS', 'Evaluator', 'GraphLearn']);
/** From 128 on an exit code tells of a signal: the policy `ExitCode` takes those for passing troubles. */
const FIRST_SIGNAL_CODE = 128;

/** What the pods' states mean for the job; undefined while it goes on. */
export function verdictOf(record: JobRecord): 'Succeeded' | 'Failed' | undefined {
  const { pods, request } = record;
  if (pods.some(({ life }) => life.Status === 'Failed')) return 'Failed';
  const succeeded = (pod: PodRecord): boolean => pod.life.Status === 'Succeeded';
  if (request.SuccessPolicy === 'ChiefWorker') {
    const isChief = ({ Type, spec }: PodRecord): boolean =>
      Type === 'Chief' || request.JobSpecs[spec].IsChief === true;
    const chief = pods.find(isChief) ?? pods[0];
    return succeeded(chief) ? 'Succeeded' : undefined;
  }
  const workers = pods.filter(({ Type }) => !HELPERS.has(Type));
  return (workers.length > 0 ? workers : pods).every(succeeded) ? 'Succeeded' : undefined;
}

/** Whether a pod is started again after its command ended with a code (undefined: it vanished). */
export function isRestarted(policy: RestartPolicy, exitCode: number | undefined): boolean {
  if (policy === 'Always') return true;
  if (policy === 'Never' || exitCode === 0) return false;
  return policy === 'OnFailure' || exitCode === undefined || exitCode >= FIRST_SIGNAL_CODE;
}
