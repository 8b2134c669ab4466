import type { FastifyInstance } from 'fastify';
import type { PaiContext } from '../context';
import type { AiWorkspace } from './ai-workspace';
import { registerCodeSources } from './code-sources';
import { registerImages } from './images';
import { labelKeys, withLabels } from './labels';
import { registerLineages } from './lineages';
import { listModels, listVersions } from './listing';
import type { Models } from './models';
import type { ModelRecord, VersionRecord } from './records';
import { answer } from './request-parts';
import { registerConfigs } from './routes-configs';
import { registerDatasets } from './routes-datasets';
import { registerExperiments } from './routes-experiments';
import { registerMembers } from './routes-members';
import { registerWorkspaces } from './routes-workspaces';
import {
  createModel,
  createVersion,
  parseBody,
  setLabels,
  updateModel,
  updateVersion,
} from './schemas';

interface ModelPath {
  readonly ModelId: string;
}

interface VersionPath extends ModelPath {
  readonly VersionName: string;
}

/** Adds the operations of AIWorkspace (2021-02-04) that the local cloud has. */
export function registerAiWorkspace(options: {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly aiWorkspace: AiWorkspace;
}): void {
  const { app, context, aiWorkspace } = options;
  const { models } = aiWorkspace;
  const stores = { ...aiWorkspace, app, context, clock: context.clock };
  registerModels(app, models);
  registerVersions(app, models);
  registerLabels(app, models);
  registerExperiments(stores);
  registerDatasets(stores);
  registerWorkspaces(stores);
  registerConfigs(stores);
  registerMembers(stores);
  registerCodeSources(stores);
  registerImages(stores);
  registerLineages(stores);
  registerResources(app);
}

/** The local cloud sells no dedicated resources: there are none to list. */
function registerResources(app: FastifyInstance): void {
  app.get('/api/v1/quotas', async (request) => answer(request, { Quotas: [], TotalCount: 0 }));
  app.get('/api/v1/resources', async (request) =>
    answer(request, { Resources: [], TotalCount: 0 }),
  );
}

function registerModels(app: FastifyInstance, models: Models): void {
  app.post('/api/v1/models', async (request) => {
    const { ModelId } = await models.create(parseBody(createModel, request.openApi.json()));
    return answer(request, { ModelId });
  });
  app.get('/api/v1/models', async (request) => {
    const { page, total } = listModels(models.all(), request.openApi.parameters);
    return answer(request, { Models: page.map(modelView), TotalCount: total });
  });
  app.get<{ Params: ModelPath }>('/api/v1/models/:ModelId', async (request) =>
    answer(request, modelView(models.get(request.params.ModelId))),
  );
  app.put<{ Params: ModelPath }>('/api/v1/models/:ModelId', async (request) => {
    const changes = parseBody(updateModel, request.openApi.json());
    await models.update(request.params.ModelId, changes);
    return answer(request, {});
  });
  app.delete<{ Params: ModelPath }>('/api/v1/models/:ModelId', async (request) => {
    await models.delete(request.params.ModelId);
    return answer(request, {});
  });
}

function registerVersions(app: FastifyInstance, models: Models): void {
  app.post<{ Params: ModelPath }>('/api/v1/models/:ModelId/versions', async (request) => {
    const fields = parseBody(createVersion, request.openApi.json());
    const { VersionName } = await models.createVersion(request.params.ModelId, fields);
    return answer(request, { VersionName });
  });
  app.get<{ Params: ModelPath }>('/api/v1/models/:ModelId/versions', async (request) => {
    const { versions } = models.get(request.params.ModelId);
    const { page, total } = listVersions(versions, request.openApi.parameters);
    return answer(request, { Versions: page, TotalCount: total });
  });
  const path = '/api/v1/models/:ModelId/versions/:VersionName';
  app.get<{ Params: VersionPath }>(path, async (request) => {
    const { ModelId, VersionName } = request.params;
    return answer(request, models.version(ModelId, VersionName));
  });
  app.put<{ Params: VersionPath }>(path, async (request) => {
    const changes = parseBody(updateVersion, request.openApi.json());
    const { ModelId: modelId, VersionName: name } = request.params;
    await models.changeVersion({ modelId, name, change: () => changes });
    return answer(request, {});
  });
  app.delete<{ Params: VersionPath }>(path, async (request) => {
    await models.deleteVersion(request.params.ModelId, request.params.VersionName);
    return answer(request, {});
  });
}

function registerLabels(app: FastifyInstance, models: Models): void {
  const modelLabels = '/api/v1/models/:ModelId/labels';
  app.post<{ Params: ModelPath }>(modelLabels, async (request) => {
    const { Labels } = parseBody(setLabels, request.openApi.json());
    await models.setLabels(request.params.ModelId, Labels);
    return answer(request, {});
  });
  app.delete<{ Params: ModelPath }>(modelLabels, async (request) => {
    await models.deleteLabels(
      request.params.ModelId,
      labelKeys(request.openApi.parameters, 'LabelKeys'),
    );
    return answer(request, {});
  });
  const versionLabels = '/api/v1/models/:ModelId/versions/:VersionName/labels';
  app.post<{ Params: VersionPath }>(versionLabels, async (request) => {
    const { Labels } = parseBody(setLabels, request.openApi.json());
    const { ModelId: modelId, VersionName: name } = request.params;
    const change = (version: VersionRecord) => ({
      Labels: withLabels(version.Labels, Labels),
    });
    await models.changeVersion({ modelId, name, change });
    return answer(request, {});
  });
  app.delete<{ Params: VersionPath }>(versionLabels, async (request) => {
    const keys = labelKeys(request.openApi.parameters, 'LabelKeys');
    const { ModelId: modelId, VersionName: name } = request.params;
    await models.changeVersion({
      modelId,
      name,
      change: ({ Labels }) => ({ Labels: Labels.filter(({ Key }) => !keys.includes(Key)) }),
    });
    return answer(request, {});
  });
}

function modelView(model: ModelRecord): object {
  const { versions, ...fields } = model;
  return { ...fields, Tags: fields.Labels, LatestVersion: versions.at(-1) };
}
