/** The workers of one environment: workflows and light activities, and heavy work on a queue of its own. */
import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import type { ActivityDeps } from '../activities/context';
import type { Settings } from '../config/settings';
import { activityDeps } from './clients';

/** How long a stopping worker lets activities end by themselves, and when it gives up, in milliseconds. */
const grace = { shutdownGraceTime: 10_000, shutdownForceTime: 20_000 } as const;

/** What the workers of a process are made of. */
export interface WorkerParts {
  readonly settings: Settings;
  readonly pipelines: ActivityDeps['pipelines'];
  readonly connection: NativeConnection;
  readonly temporal: Client;
  /** Folder of the checkout. */
  readonly root: string;
  /** The workflows: a bundle made by the build, or the path of the sources. */
  readonly workflows: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
}

/** Makes both workers; `run` each of them. */
export async function createWorkers(parts: WorkerParts): Promise<readonly [Worker, Worker]> {
  const { settings, connection, workflows } = parts;
  const { namespace, taskQueue } = settings.temporal;
  const activities = createActivities(activityDeps(parts));
  const control = Worker.create({
    ...grace,
    ...workflows,
    connection,
    namespace,
    taskQueue,
    activities,
    maxConcurrentActivityTaskExecutions: 50,
  });
  const compute = Worker.create({
    ...grace,
    connection,
    namespace,
    taskQueue: `${taskQueue}-compute`,
    activities,
    maxConcurrentActivityTaskExecutions: 2,
  });
  return Promise.all([control, compute]);
}
