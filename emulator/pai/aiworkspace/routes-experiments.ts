import type { FastifyInstance } from 'fastify';
import { invalidParameter, missingParameter } from '../api-error';
import {
  createExperiment,
  type ExperimentRecord,
  type Experiments,
  updateExperiment,
} from './experiments';
import { hasAllLabels, setLabelList } from './labels';
import { contains, equals, positive, type Query, type SortKeys, tokenPage } from './paging';
import { answerBoth, type WithLabel, type WithResource } from './request-parts';
import { logRunMetrics } from './run-metrics';
import { createRun, type RunRecord, type Runs, updateRun } from './runs';
import { parseBody } from './schemas';

const EXPERIMENTS = '/api/v1/experiments';
const RUNS = '/api/v1/runs';

const experimentKeys: SortKeys<ExperimentRecord> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  GmtModifiedTime: ({ GmtModifiedTime }) => GmtModifiedTime,
  Name: ({ Name }) => Name,
  ExperimentId: ({ ExperimentId }) => ExperimentId,
};
const runKeys: SortKeys<RunRecord> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  Name: ({ Name }) => Name,
};

interface Stores {
  readonly app: FastifyInstance;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly clock: () => Date;
}

/** Experiments, runs and what runs measure. */
export function registerExperiments(stores: Stores): void {
  registerExperimentCalls(stores);
  registerRunCalls(stores);
  registerMetricCalls(stores);
}

function registerExperimentCalls({ app, experiments, runs }: Stores): void {
  const view = async (experiment: ExperimentRecord, query: Query): Promise<object> => {
    if (!isVerbose(query)) return experiment;
    const latest = runs.latestOf(experiment.ExperimentId);
    return { ...experiment, LatestRun: latest && (await verboseRun(latest, runs)) };
  };
  app.post(EXPERIMENTS, async (request) => {
    const fields = parseBody(createExperiment, request.openApi.json());
    const { ExperimentId } = await experiments.create(fields);
    return answerBoth(request, { ExperimentId });
  });
  app.get(EXPERIMENTS, async (request) => {
    const query = request.openApi.parameters;
    const isExact = /"match_name_exactly":\s*"?true/i.test(query.get('Options') ?? '');
    const items = experiments
      .all()
      .filter(
        ({ Name, WorkspaceId, Labels }) =>
          (isExact ? equals : contains)(query.get('Name'), Name) &&
          equals(query.get('WorkspaceId'), WorkspaceId) &&
          hasAllLabels(query.get('Labels'), Labels),
      );
    const { page, total, next } = tokenPage({ items, query, keys: experimentKeys });
    const Experiments = await Promise.all(page.map((experiment) => view(experiment, query)));
    return answerBoth(request, { Experiments, TotalCount: total, NextPageToken: next });
  });
  app.get<WithResource>(`${EXPERIMENTS}/:id`, async (request) => {
    const experiment = experiments.get(request.params.id);
    return answerBoth(request, await view(experiment, request.openApi.parameters));
  });
  app.put<WithResource>(`${EXPERIMENTS}/:id`, async (request) => {
    const changes = parseBody(updateExperiment, request.openApi.json());
    await experiments.update(request.params.id, changes);
    return answerBoth(request, {});
  });
  app.delete<WithResource>(`${EXPERIMENTS}/:id`, async (request) => {
    await experiments.delete(request.params.id);
    await runs.deleteOf(request.params.id);
    return answerBoth(request, {});
  });
  app.post<WithResource>(`${EXPERIMENTS}/:id/labels`, async (request) => {
    const { Labels } = parseBody(setLabelList, request.openApi.json());
    await experiments.setLabels(request.params.id, Labels);
    return answerBoth(request, {});
  });
  app.delete<WithLabel>(`${EXPERIMENTS}/:id/labels/:key`, async (request) => {
    await experiments.deleteLabel(request.params.id, request.params.key);
    return answerBoth(request, {});
  });
}

function registerRunCalls({ app, experiments, runs }: Stores): void {
  app.post(RUNS, async (request) => {
    const fields = parseBody(createRun, request.openApi.json());
    const { RunId } = await runs.create(fields, experiments.get(fields.ExperimentId));
    return answerBoth(request, { RunId });
  });
  app.get(RUNS, async (request) => {
    const query = request.openApi.parameters;
    const items = runs.all().filter(runFilter(query));
    const { page, total, next } = tokenPage({ items, query, keys: runKeys });
    const Runs = await Promise.all(page.map((run) => runView({ run, runs, query })));
    return answerBoth(request, { Runs, TotalCount: total, NextPageToken: next });
  });
  app.get<WithResource>(`${RUNS}/:id`, async (request) => {
    const run = runs.get(request.params.id);
    const query = request.openApi.parameters;
    return answerBoth(request, await runView({ run, runs, query }));
  });
  app.put<WithResource>(`${RUNS}/:id`, async (request) => {
    await runs.update(request.params.id, parseBody(updateRun, request.openApi.json()));
    return answerBoth(request, {});
  });
  app.delete<WithResource>(`${RUNS}/:id`, async (request) => {
    await runs.delete(request.params.id);
    return answerBoth(request, {});
  });
  app.delete<WithLabel>(`${RUNS}/:id/labels/:key`, async (request) => {
    await runs.deleteLabel(request.params.id, request.params.key);
    return answerBoth(request, {});
  });
}

function registerMetricCalls({ app, runs, clock }: Stores): void {
  app.post<WithResource>(`${RUNS}/:id/metrics/action/log`, async (request) => {
    const { RunId } = runs.get(request.params.id);
    const { Metrics } = parseBody(logRunMetrics, request.openApi.json());
    const now = clock().getTime();
    const timed = Metrics.map((metric) => ({ ...metric, Timestamp: metric.Timestamp ?? now }));
    await runs.metrics.log(RunId, timed);
    return answerBoth(request, {});
  });
  app.get<WithResource>(`${RUNS}/:id/metrics`, async (request) => {
    const { RunId } = runs.get(request.params.id);
    const query = request.openApi.parameters;
    const key = query.get('Key');
    if (!key) throw missingParameter('Key');
    const metrics = (await runs.metrics.all(RunId)).filter(({ Key }) => Key === key);
    const from = Number(query.get('PageToken') || 0);
    if (!Number.isInteger(from) || from < 0) throw invalidParameter('PageToken', 'unknown token');
    const end = from + positive(query, 'MaxResults', 10);
    const NextPageToken = end < metrics.length ? end : 0;
    return answerBoth(request, { Metrics: metrics.slice(from, end), NextPageToken });
  });
}

function runFilter(query: Query): (run: RunRecord) => boolean {
  return (run) =>
    equals(query.get('ExperimentId'), run.ExperimentId) &&
    contains(query.get('Name'), run.Name) &&
    equals(query.get('SourceType'), run.SourceType) &&
    equals(query.get('SourceId'), run.SourceId) &&
    equals(query.get('WorkspaceId'), run.WorkspaceId) &&
    equals(query.get('GmtCreateTime'), run.GmtCreateTime) &&
    hasAllLabels(query.get('Labels'), run.Labels);
}

async function runView(args: {
  readonly run: RunRecord;
  readonly runs: Runs;
  readonly query: Query;
}): Promise<object> {
  if (isVerbose(args.query)) return verboseRun(args.run, args.runs);
  const { Params: _params, Labels: _labels, ...brief } = args.run;
  return brief;
}

async function verboseRun(run: RunRecord, runs: Runs): Promise<object> {
  return { ...run, Metrics: await runs.metrics.latest(run.RunId) };
}

function isVerbose(query: Query): boolean {
  return query.get('Verbose')?.toLowerCase() === 'true';
}
