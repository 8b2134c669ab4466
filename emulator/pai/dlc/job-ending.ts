import type { JobRecord, PodRecord } from './job-record';
import { verdictOf } from './success-policy';

/** The end of a job and what is told of it. */
export interface Ending {
  readonly status: 'Succeeded' | 'Failed' | 'Stopped';
  readonly code: string;
  readonly message: string;
}

/** After StopJob. */
export const STOPPED_BY_USER: Ending = {
  status: 'Stopped',
  code: 'JobStoppedByUser',
  message: 'Job is stopped by user.',
};

/** After `JobMaxRunningTimeMinutes`. */
export const TIME_IS_UP: Ending = {
  status: 'Stopped',
  code: 'JobMaxRunningTimeExceeded',
  message: 'The job has run for JobMaxRunningTimeMinutes.',
};

/** When the local cloud closes under a running job. */
export const LOCAL_CLOUD_STOPPED: Ending = {
  status: 'Stopped',
  code: 'LocalCloudStopped',
  message: 'The local cloud was stopped while the job was running.',
};

/** The end of a job that can't go on for a reason of its surroundings. */
export function failure(code: string, error: unknown): Ending {
  return {
    status: 'Failed',
    code,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** The end that the pods' states bring about; undefined while the job goes on. */
export function endingOf(record: JobRecord, outOfMemory: ReadonlySet<string>): Ending | undefined {
  const status = verdictOf(record);
  if (!status) return undefined;
  if (status === 'Succeeded') {
    return { status, code: 'JobSucceeded', message: 'Job succeeded.' };
  }
  const { PodId, life } = record.pods.find((pod) => pod.life.Status === 'Failed') as PodRecord;
  const why = outOfMemory.has(life.PodUid) ? ' (OOMKilled)' : '';
  const exit = life.exitCode ?? 'unknown';
  return {
    status,
    code: 'JobFailed',
    message: `Pod ${PodId} failed with exit code ${exit}${why}.`,
  };
}
