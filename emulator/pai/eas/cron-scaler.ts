import { z } from 'zod';
import { cronMatches, isTimeZone, readCron } from './cron-schedule';
import { invalidService } from './eas-error';

/** One job of a cron scaler: at these times, this many instances. */
export interface CronJob {
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly targetSize: number;
  readonly createTime: string;
  /** When it last ran (ISO 8601), and what came of it. */
  readonly lastTime?: string;
  readonly state: 'Submitted' | 'Succeed' | 'Skipped';
  readonly message: string;
}

/** The scheduled scaler of a service. */
export interface CronScaler {
  readonly jobs: readonly CronJob[];
  readonly excludeDates: readonly string[];
}

const DEFAULT_ZONE = 'Asia/Shanghai';
const SECOND_MS = 1_000;
/** A clock that jumped (a laptop that slept) is looked back on by no more than this. */
const MAX_LOOK_BACK_MS = 60_000;

const body = z.object({
  ScaleJobs: z
    .array(
      z.object({
        Name: z.string().optional(),
        Schedule: z.string(),
        TargetSize: z.number().int().min(0).max(100),
        TimeZone: z.string().refine(isTimeZone, 'is no time zone').default(DEFAULT_ZONE),
      }),
    )
    .min(1),
  ExcludeDates: z.array(z.string()).default([]),
});

/** Reads the body of CreateServiceCronScaler or UpdateServiceCronScaler. */
export function readCronScaler(value: unknown, now: Date): CronScaler {
  const parsed = body.safeParse(value ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidService(`${issue.path.join('.')}: ${issue.message}`);
  }
  const { ScaleJobs, ExcludeDates } = parsed.data;
  for (const { Schedule } of ScaleJobs) readCron(Schedule);
  for (const date of ExcludeDates) readCron(date);
  const jobs = ScaleJobs.map((job, index) => ({
    name: job.Name ?? `scale-job-${index + 1}`,
    schedule: job.Schedule,
    timeZone: job.TimeZone,
    targetSize: job.TargetSize,
    createTime: now.toISOString(),
    state: 'Submitted' as const,
    message: '',
  }));
  if (new Set(jobs.map(({ name }) => name)).size < jobs.length) {
    throw invalidService('ScaleJobs: two jobs have one name.');
  }
  return { jobs, excludeDates: ExcludeDates };
}

/** The jobs that are due after `from` and until `to`, the latest last, and whether that time is excluded. */
export function dueJobs(options: {
  readonly scaler: CronScaler;
  readonly from: Date;
  readonly to: Date;
}): { readonly job: CronJob; readonly at: Date; readonly isExcluded: boolean }[] {
  const { jobs, excludeDates } = options.scaler;
  const to = options.to.getTime();
  const from = Math.max(options.from.getTime(), to - MAX_LOOK_BACK_MS);
  const schedules = jobs.map((job) => readCron(job.schedule));
  const excluded = excludeDates.map(readCron);
  const due: { readonly job: CronJob; readonly at: Date; readonly isExcluded: boolean }[] = [];
  const first = (Math.floor(from / SECOND_MS) + 1) * SECOND_MS;
  for (let time = first; time <= to; time += SECOND_MS) {
    const at = new Date(time);
    for (const [index, job] of jobs.entries()) {
      const { timeZone } = job;
      if (!cronMatches({ schedule: schedules[index], at, timeZone })) continue;
      const isExcluded = excluded.some((schedule) => cronMatches({ schedule, at, timeZone }));
      due.push({ job, at, isExcluded });
    }
  }
  return due;
}

/** The scaler after its jobs ran (or were skipped). */
export function afterJobs(scaler: CronScaler, ran: ReturnType<typeof dueJobs>): CronScaler {
  const jobs = scaler.jobs.map((job) => {
    const last = ran.filter((run) => run.job.name === job.name).at(-1);
    if (!last) return job;
    return {
      ...job,
      lastTime: last.at.toISOString(),
      state: last.isExcluded ? ('Skipped' as const) : ('Succeed' as const),
      message: last.isExcluded ? 'The date is excluded.' : `Scaled to ${job.targetSize} instances.`,
    };
  });
  return { ...scaler, jobs };
}
