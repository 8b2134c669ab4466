/** The loop's activities over a cloud in memory that counts every effect by the name it was done under. */

import path from 'node:path';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Activities } from '../../activities';
import type { ActivityDeps, RunRef } from '../../activities/context';
import { createAwaitRun, createRequestRun } from '../../activities/front-door';
import type { EventBatch } from '../../activities/record-events';
import { loadPipelines } from '../../config/load-pipelines';

/** What the fakes were asked to do, and what they are told to answer. */
export class FakeCloud {
  readonly events: EventBatch[] = [];
  readonly instances = new Set<string>();
  readonly services = new Set<string>();
  serving: { version: string; r2: number } | undefined;
  /** R² of the next training. */
  r2 = 0.95;
  /** Failure types that the next trainings end with. */
  trainingFailures: string[] = [];
  /** Trainings do not end until this is released. */
  held = false;
  verifyFails = false;

  eventsOf(table: string) {
    return this.events.filter((batch) => batch.table === table).flatMap((batch) => batch.events);
  }
}

const root = path.resolve(__dirname, '..', '..');
const program = { sha256: '0'.repeat(64), key: 'bundles/0' };
const code = {
  commit: 'abc',
  branch: 'main',
  dirty: false,
  lockSha256: '1'.repeat(64),
  canReproduce: true,
  training: program,
  serving: program,
  runtime: { ...program, version: 'v20.0.0' },
};

/** Every activity by its name; `client` serves the front door for real. */
export function fakeActivities(input: {
  readonly cloud: FakeCloud;
  readonly client: Client;
  readonly taskQueue: string;
}): Activities {
  const { cloud, client, taskQueue } = input;
  const pipelines = loadPipelines({ root });
  const pipeline = pipelines.get('walmart');
  if (!pipeline) throw new Error('the example pipeline is missing');
  const deps = {
    temporal: client,
    settings: { environment: 'dev', temporal: { taskQueue } },
  } as unknown as ActivityDeps;
  const names = (run: RunRef) => ({ name: `service_${run.runId}`, group: 'walmart_dev' });
  const partition = { table: 't', partition: 'run_id=x', rows: 1, contentHash: 'h' };
  return {
    describePipeline: async (asked) => {
      if (asked.pipeline && asked.pipeline !== 'walmart') {
        throw ApplicationFailure.nonRetryable(
          `pipeline: "${asked.pipeline}" is not defined`,
          'InvalidInput',
        );
      }
      return { pipeline, environment: 'dev' };
    },
    lookUpServing: async () => ({
      servingVersion: cloud.serving?.version,
      champion: cloud.serving && {
        modelVersion: cloud.serving.version,
        validationR2: cloud.serving.r2,
      },
    }),
    requestRun: createRequestRun(deps),
    awaitRun: createAwaitRun(deps),
    recordEvents: async (batch) => {
      cloud.events.push(batch);
      return { recorded: batch.events.length };
    },
    syncCode: async () => code,
    snapshotData: async () => ({ ...partition, stores: 1, firstWeek: '', lastWeek: '' }),
    processData: async () => ({ ...partition, tables: { processed: 10 } }),
    profileData: async () => ({ ...partition, key: 'k', removed: {}, lostStores: [] }),
    engineerFeatures: async () => ({
      partition: 'run_id=x',
      key: 'k',
      sha256: 's',
      selected: 2,
      dropped: [],
      tables: { train: 8, test: 2 },
    }),
    startTraining: async (run) => {
      cloud.instances.add(run.runId);
      return { instanceId: run.runId };
    },
    awaitTraining: async () => {
      const type = cloud.trainingFailures.shift();
      if (type) throw ApplicationFailure.nonRetryable(`training ended with ${type}`, type);
      while (cloud.held) {
        Context.current().heartbeat();
        await Context.current().sleep(20);
      }
      const champion = {
        kind: 'linear',
        trainR2: cloud.r2,
        validationR2: cloud.r2,
        validationMse: 1,
        features: 2,
        parameters: {},
        key: 'k',
        sha256: 's',
      };
      return { champion, models: [champion] };
    },
    releaseTraining: async (run) => {
      cloud.instances.delete(run.runId);
      return { deleted: 1 };
    },
    registerVersion: async () => ({ modelId: 'm', versionName: 'v', uri: 'oss://x' }),
    batchPredict: async () => ({ rows: 2 }),
    createService: async (run) => {
      cloud.services.add(run.runId);
      return names(run);
    },
    awaitService: async (run) => names(run),
    verifyService: async () => {
      if (cloud.verifyFails) {
        throw ApplicationFailure.nonRetryable('another figure', 'PredictionMismatch');
      }
      return { prediction: 1 };
    },
    discardService: async (run) => {
      cloud.services.delete(run.runId);
    },
    moveTraffic: async (run) => {
      const previousVersion = cloud.serving?.version;
      cloud.serving = { version: run.modelVersion, r2: cloud.r2 };
      return { service: names(run), previousVersion };
    },
    recordLineage: async () => ({ recorded: 1 }),
    monitorService: async () => ({
      service: 's',
      modelVersion: cloud.serving?.version ?? '',
      status: 'Running',
      accuracy: { known: false, reason: 'no true sales yet' },
    }),
    sweepLeftovers: async () => ({ instances: [], services: [] }),
  };
}

/** True for a failure that a cancel made. */
export function isCancelled(error: unknown): boolean {
  let cause = error;
  while (cause instanceof Error) {
    if (cause instanceof CancelledFailure) return true;
    cause = cause.cause;
  }
  return false;
}
