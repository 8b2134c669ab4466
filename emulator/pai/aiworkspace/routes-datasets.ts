import type { FastifyInstance } from 'fastify';
import {
  createDataset,
  createDatasetVersion,
  type DatasetRecord,
  type DatasetVersionRecord,
  updateDataset,
  updateDatasetVersion,
} from './dataset-records';
import type { Datasets } from './datasets';
import { labelKeys, matchesLabel, setLabelList, withLabels, withoutLabels } from './labels';
import { DEFAULT_WORKSPACE } from './models';
import {
  contains,
  equals,
  numberedPage,
  oneOf,
  positive,
  type Query,
  type SortKeys,
} from './paging';
import { answer, type WithResource, type WithVersion } from './request-parts';
import { parseBody } from './schemas';

const PATH = '/api/v1/datasets';
const VERSION = `${PATH}/:id/versions/:version`;

const datasetKeys: SortKeys<DatasetRecord> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  GmtModifiedTime: ({ GmtModifiedTime }) => GmtModifiedTime,
  Name: ({ Name }) => Name,
};
const versionKeys: SortKeys<DatasetVersionRecord> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  GmtModifiedTime: ({ GmtModifiedTime }) => GmtModifiedTime,
  SourceType: ({ SourceType }) => SourceType,
  DataSourceType: ({ DataSourceType }) => DataSourceType,
  Property: ({ Property }) => Property,
  DataSize: ({ DataSize = 0 }) => DataSize,
  DataCount: ({ DataCount = 0 }) => DataCount,
};
const byDefault = { sortBy: 'GmtCreateTime', order: 'ASC', size: 10 } as const;

interface Store {
  readonly app: FastifyInstance;
  readonly datasets: Datasets;
}

/** Data sets and their versions. */
export function registerDatasets(store: Store): void {
  registerDatasetCalls(store);
  registerDatasetLabels(store);
  registerVersionCalls(store);
  registerVersionLabels(store);
}

function registerDatasetCalls({ app, datasets }: Store): void {
  app.post(PATH, async (request) => {
    const { DryRun, ...fields } = parseBody(createDataset, request.openApi.json());
    if (DryRun) return answer(request, {});
    const { DatasetId } = await datasets.create(fields);
    return answer(request, { DatasetId });
  });
  app.get(PATH, async (request) => {
    const query = request.openApi.parameters;
    const items = datasets.all().filter(datasetFilter(query));
    const { page, total } = numberedPage({ items, query, keys: datasetKeys, byDefault });
    return answer(request, { Datasets: page.map(datasetView), TotalCount: total });
  });
  app.get<WithResource>(`${PATH}/:id`, async (request) =>
    answer(request, datasetView(datasets.get(request.params.id))),
  );
  app.put<WithResource>(`${PATH}/:id`, async (request) => {
    const changes = parseBody(updateDataset, request.openApi.json());
    await datasets.update(request.params.id, changes);
    return answer(request, {});
  });
  app.put<WithResource>(`${PATH}/:id/publish`, async (request) => {
    await datasets.update(request.params.id, { Accessibility: 'PUBLIC' });
    return answer(request, {});
  });
  app.delete<WithResource>(`${PATH}/:id`, async (request) => {
    await datasets.delete(request.params.id);
    return answer(request, {});
  });
}

function registerDatasetLabels({ app, datasets }: Store): void {
  app.post<WithResource>(`${PATH}/:id/labels`, async (request) => {
    const { Labels } = parseBody(setLabelList, request.openApi.json());
    await datasets.setLabels(request.params.id, Labels);
    return answer(request, {});
  });
  app.delete<WithResource>(`${PATH}/:id/labels`, async (request) => {
    const keys = labelKeys(request.openApi.parameters, 'LabelKeys');
    await datasets.deleteLabels(request.params.id, keys);
    return answer(request, {});
  });
}

function registerVersionCalls({ app, datasets }: Store): void {
  app.post<WithResource>(`${PATH}/:id/versions`, async (request) => {
    const { DryRun, ...fields } = parseBody(createDatasetVersion, request.openApi.json());
    datasets.get(request.params.id);
    if (DryRun) return answer(request, {});
    const { VersionName } = await datasets.createVersion(request.params.id, fields);
    return answer(request, { VersionName });
  });
  app.get<WithResource>(`${PATH}/:id/versions`, async (request) => {
    const query = request.openApi.parameters;
    const items = datasets.get(request.params.id).versions.filter(versionFilter(query));
    const { page, total } = numberedPage({ items, query, keys: versionKeys, byDefault });
    return answer(request, {
      DatasetVersions: page,
      TotalCount: total,
      PageNumber: positive(query, 'PageNumber', 1),
      PageSize: positive(query, 'PageSize', byDefault.size),
    });
  });
  app.get<WithVersion>(VERSION, async (request) => {
    const { id, version } = request.params;
    return answer(request, { DatasetId: id, ...datasets.version(id, version) });
  });
  app.put<WithVersion>(VERSION, async (request) => {
    const changes = parseBody(updateDatasetVersion, request.openApi.json());
    const { id, version: name } = request.params;
    await datasets.changeVersion({ id, name, change: () => changes });
    return answer(request, {});
  });
  app.delete<WithVersion>(VERSION, async (request) => {
    await datasets.deleteVersion(request.params.id, request.params.version);
    return answer(request, {});
  });
}

function registerVersionLabels({ app, datasets }: Store): void {
  app.put<WithVersion>(`${VERSION}/labels`, async (request) => {
    const { Labels } = parseBody(setLabelList, request.openApi.json());
    const { id, version: name } = request.params;
    await datasets.changeVersion({
      id,
      name,
      change: (version) => ({ Labels: withLabels(version.Labels, Labels) }),
    });
    return answer(request, {});
  });
  app.delete<WithVersion>(`${VERSION}/labels`, async (request) => {
    const keys = labelKeys(request.openApi.parameters, 'Keys');
    const { id, version: name } = request.params;
    await datasets.changeVersion({
      id,
      name,
      change: (version) => ({ Labels: withoutLabels(version.Labels, keys) }),
    });
    return answer(request, {});
  });
}

function datasetFilter(query: Query): (dataset: DatasetRecord) => boolean {
  return (dataset) =>
    oneOf(query.get('DatasetIds'), dataset.DatasetId) &&
    oneOf(query.get('DataSourceTypes'), dataset.DataSourceType) &&
    oneOf(query.get('DataTypes'), dataset.DataType) &&
    oneOf(query.get('Properties'), dataset.Property) &&
    oneOf(query.get('SourceTypes'), dataset.SourceType) &&
    equals(query.get('SourceId'), dataset.SourceId) &&
    equals(query.get('SourceDatasetId'), dataset.SourceDatasetId) &&
    equals(query.get('Edition'), dataset.Edition) &&
    equals(query.get('Accessibility'), dataset.Accessibility) &&
    equals(query.get('Provider'), dataset.Provider) &&
    equals(query.get('WorkspaceId') || DEFAULT_WORKSPACE, dataset.WorkspaceId) &&
    contains(query.get('Name'), dataset.Name) &&
    matchesLabel(query.get('Label'), dataset.Labels);
}

function versionFilter(query: Query): (version: DatasetVersionRecord) => boolean {
  const keys = query.get('LabelKeys')?.split(',').filter(Boolean) ?? [];
  const values = query.get('LabelValues')?.split(',').filter(Boolean) ?? [];
  return ({ Labels, Property, SourceType, SourceId }) =>
    oneOf(query.get('Properties'), Property) &&
    oneOf(query.get('SourceTypes'), SourceType) &&
    equals(query.get('SourceId'), SourceId) &&
    keys.every((key) => Labels.some((label) => label.Key.includes(key))) &&
    values.every((value) => Labels.some((label) => label.Value.includes(value)));
}

function datasetView(dataset: DatasetRecord): object {
  const { versions, lastVersion: _last, ...fields } = dataset;
  return { ...fields, IsShared: false, LatestVersion: versions.at(-1) };
}
