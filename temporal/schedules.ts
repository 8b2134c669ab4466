import { type Client, ScheduleAlreadyRunning, type ScheduleOptions } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { searchAttributes } from './search-attributes';
import { sweepId } from './workflow-ids';

/** A schedule as it should be; times are Temporal durations such as `15 minutes`. */
export interface DesiredSchedule {
  readonly id: string;
  /** Either an interval or cron expressions with their time zone. */
  readonly when:
    | { readonly every: Duration }
    | { readonly cron: readonly string[]; readonly timezone: string };
  readonly jitter?: Duration;
  readonly workflowType: string;
  /** The server appends the start's time to it. */
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: readonly object[];
  /** One line that Temporal's UI shows beside the workflow. */
  readonly summary: string;
  readonly environment: string;
  readonly pipeline?: string;
  /** What happens when the last start still runs. */
  readonly overlap: 'SKIP' | 'BUFFER_ONE';
  /** How late a start may be made up for after the server was away. */
  readonly catchupWindow: Duration;
}

/** Creates the schedule, or changes the present one in place; whether people paused it stays as it is. */
export async function applySchedule(input: {
  readonly client: Client;
  readonly schedule: DesiredSchedule;
}): Promise<'created' | 'updated'> {
  const { client, schedule } = input;
  const options = optionsOf(schedule);
  try {
    await client.schedule.create({ ...options, scheduleId: schedule.id });
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  await client.schedule.getHandle(schedule.id).update(({ state, typedSearchAttributes }) => ({
    ...options,
    typedSearchAttributes: options.typedSearchAttributes ?? typedSearchAttributes,
    state,
  }));
  return 'updated';
}

function optionsOf(schedule: DesiredSchedule): Omit<ScheduleOptions, 'scheduleId'> {
  const { when, jitter } = schedule;
  const attributes = [
    { key: searchAttributes.environment, value: schedule.environment },
    ...(schedule.pipeline ? [{ key: searchAttributes.pipeline, value: schedule.pipeline }] : []),
  ];
  return {
    spec:
      'every' in when
        ? { intervals: [{ every: when.every }], jitter }
        : { cronExpressions: [...when.cron], timezone: when.timezone, jitter },
    action: {
      type: 'startWorkflow',
      workflowType: schedule.workflowType,
      workflowId: schedule.workflowId,
      taskQueue: schedule.taskQueue,
      args: [...schedule.args],
      staticSummary: schedule.summary,
      typedSearchAttributes: attributes,
    },
    policies: {
      overlap: schedule.overlap,
      catchupWindow: schedule.catchupWindow,
      pauseOnFailure: false,
    },
    typedSearchAttributes: attributes,
  };
}

/** The sweep for machines and services that no open run stands for: one an environment. */
export function sweepSchedule(input: {
  readonly environment: string;
  readonly taskQueue: string;
  readonly every?: Duration;
}): DesiredSchedule {
  const { environment, taskQueue } = input;
  return {
    id: `pai-loop/${environment}/sweep`,
    when: { every: input.every ?? '15 minutes' },
    workflowType: 'sweepLeftovers',
    workflowId: sweepId({ environment }),
    taskQueue,
    args: [],
    summary: `End what no open run of ${environment} stands for`,
    environment,
    // A missed sweep is made good by the next one.
    overlap: 'SKIP',
    catchupWindow: '1 minute',
  };
}
