import type { FastifyRequest } from 'fastify';
import { LogFile } from '../../process/log-file';
import { invalidParameter } from '../api-error';
import { notSupported, podNotFound } from './dlc-error';
import type { Job } from './job';
import type { JobEvent, JobRecord, PodLife, PodRecord } from './job-record';
import { positive, timeOf } from './list-query';
import { METRIC_TYPES } from './pod-usage';
import type { DlcRoutes } from './route-parts';

const BASE = '/api/v1';
const WEEK_MS = 7 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const MAX_LINES = 2_000;

interface WithId {
  readonly Params: { readonly id: string };
}

interface WithPod {
  readonly Params: { readonly id: string; readonly pod: string };
}

/** Logs, events and figures of a job's pods. */
export function registerPods(routes: DlcRoutes): void {
  const { app, jobs, context } = routes;
  app.get<WithPod>(`${BASE}/jobs/:id/pods/:pod/logs`, async (request) => {
    const job = jobs.get(request.params.id);
    const query = request.openApi.parameters;
    if (query.get('DownloadToFile') === 'true') throw notSupported('DownloadToFile');
    const { pod, life } = lifeOf({ record: job.record, podId: request.params.pod, query });
    const Logs = logLines({ job, pod, life, query, now: context.clock() });
    return podAnswer(request, life, { Logs });
  });
  app.get<WithPod>(`${BASE}/jobs/:id/pods/:pod/events`, async (request) => {
    const { record } = jobs.get(request.params.id);
    const query = request.openApi.parameters;
    const { pod, life } = lifeOf({ record, podId: request.params.pod, query });
    const isOfPod = ({ podId, podUid }: JobEvent): boolean =>
      podId === pod.PodId && (!query.get('PodUid') || podUid === life.PodUid);
    const Events = eventLines({ events: record.events.filter(isOfPod), query });
    return podAnswer(request, life, { Events });
  });
  app.get<WithId>(`${BASE}/jobs/:id/events`, async (request) => {
    const { record } = jobs.get(request.params.id);
    const query = request.openApi.parameters;
    const { requestId: RequestId } = request.openApi;
    return { RequestId, JobId: record.JobId, Events: eventLines({ events: record.events, query }) };
  });
  app.get<WithId>(`${BASE}/jobs/:id/metrics`, async (request) => {
    const { record } = jobs.get(request.params.id);
    const { requestId: RequestId, parameters } = request.openApi;
    const PodMetrics = podMetrics({ record, query: parameters, routes });
    return { RequestId, JobId: record.JobId, PodMetrics };
  });
}

/** The pod's present life, or the one that `PodUid` names. */
function lifeOf(options: {
  readonly record: JobRecord;
  readonly podId: string;
  readonly query: ReadonlyMap<string, string>;
}): { readonly pod: PodRecord; readonly life: PodLife } {
  const { record, podId, query } = options;
  const pod = record.pods.find(({ PodId }) => PodId === podId);
  const uid = query.get('PodUid');
  const lives = pod ? [pod.life, ...pod.history] : [];
  const life = uid ? lives.find(({ PodUid }) => PodUid === uid) : lives[0];
  if (!pod || !life) throw podNotFound(record.JobId, uid ? `${podId} (${uid})` : podId);
  return { pod, life };
}

/** The newest lines, at most `MaxLines`; a line's time is known to about a second. */
function logLines(options: {
  readonly job: Job;
  readonly pod: PodRecord;
  readonly life: PodLife;
  readonly query: ReadonlyMap<string, string>;
  readonly now: Date;
}): string[] {
  const { job, pod, life, query, now } = options;
  const from = timeOf(query, 'StartTime') ?? now.getTime() - WEEK_MS;
  const to = timeOf(query, 'EndTime') ?? Number.POSITIVE_INFINITY;
  const most = positive({ query, name: 'MaxLines', byDefault: MAX_LINES });
  return new LogFile(job.logFile(pod.PodId, life.PodUid))
    .read(now.getTime())
    .filter(({ at }) => at >= from && at <= to)
    .slice(-most)
    .map(({ text }) => text);
}

function eventLines(options: {
  readonly events: readonly JobEvent[];
  readonly query: ReadonlyMap<string, string>;
}): string[] {
  const { events, query } = options;
  const from = timeOf(query, 'StartTime') ?? Number.NEGATIVE_INFINITY;
  const to = timeOf(query, 'EndTime') ?? Number.POSITIVE_INFINITY;
  const most = positive({ query, name: 'MaxEventsNum', byDefault: MAX_LINES });
  return events
    .filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to)
    .slice(-most)
    .map(({ at, message }) => `${at.slice(0, 19).replace('T', ' ')} ${message}`);
}

function podMetrics(options: {
  readonly record: JobRecord;
  readonly query: ReadonlyMap<string, string>;
  readonly routes: DlcRoutes;
}): object[] {
  const { record, query, routes } = options;
  const metric = METRIC_TYPES.find((name) => name === query.get('MetricType'));
  const now = routes.context.clock().getTime();
  const from = timeOf(query, 'StartTime') ?? now - HOUR_MS;
  const to = timeOf(query, 'EndTime') ?? now;
  if (!metric) return withoutMetric(record, query.get('MetricType') ?? '');
  const stepMs = stepOf(query.get('TimeStep'));
  return record.pods.map(({ PodId }) => ({
    PodId,
    Metrics: routes.jobs.usage.series({ podId: PodId, metric, from, to, stepMs }),
  }));
}

/** A pod without a GPU has no figures of one; networks and disks of a pod aren't measured here. */
function withoutMetric(record: JobRecord, name: string): object[] {
  if (/^Gpu/.test(name)) return record.pods.map(({ PodId }) => ({ PodId, Metrics: [] }));
  const possible = METRIC_TYPES.join(', ');
  throw invalidParameter('MetricType', `the local cloud measures ${possible}`);
}

/** `5m`, `30s`, `1h`; five minutes unless given. */
function stepOf(text: string | undefined): number {
  const match = /^(\d+)([smh])$/.exec(text || '5m');
  if (!match || Number(match[1]) === 0) throw invalidParameter('TimeStep', 'must be such as 5m');
  const unit = { s: 1_000, m: 60_000, h: HOUR_MS }[match[2]] as number;
  return Number(match[1]) * unit;
}

function podAnswer(request: FastifyRequest<WithPod>, life: PodLife, fields: object): object {
  const { id: JobId, pod: PodId } = request.params;
  return { RequestId: request.openApi.requestId, JobId, PodId, PodUid: life.PodUid, ...fields };
}
