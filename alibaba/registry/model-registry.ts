import { OpenApi, type OpenApiOptions, pathOf } from '../openapi/openapi';
import type {
  CreateModelRequest,
  CreateModelVersionRequest,
  ListModelsRequest,
  ListModelVersionsRequest,
  ModelVersion,
  ModelVersionChanges,
  RegisteredModel,
  RegistryLabel,
} from './types';

interface Cancellable {
  readonly signal?: AbortSignal;
}

interface ModelCall extends Cancellable {
  readonly ModelId: string;
}

interface VersionCall extends ModelCall {
  readonly VersionName: string;
}

interface Answer {
  readonly RequestId: string;
}

const PAGE_SIZE = 100;

/** The Model Registry of PAI's AIWorkspace, API version 2021-02-04. Throws CloudError. */
export class ModelRegistry {
  readonly #api: OpenApi;

  constructor(options: OpenApiOptions) {
    const product = { name: 'aiworkspace', version: '2021-02-04', style: 'ROA' } as const;
    this.#api = new OpenApi({ ...options, product });
  }

  /** Creates a model. A name that exists already in the workspace is a CloudError of status 400. */
  async createModel(
    request: CreateModelRequest & Cancellable,
  ): Promise<Answer & { readonly ModelId: string }> {
    const { signal, ...body } = request;
    const path = '/api/v1/models';
    return this.#api.call({ operation: 'CreateModel', method: 'POST', path, body, signal });
  }

  async getModel(request: ModelCall): Promise<Answer & RegisteredModel> {
    const { signal } = request;
    const path = modelPath(request);
    return this.#api.call({ operation: 'GetModel', method: 'GET', path, signal });
  }

  /** One page of models. */
  async listModels(
    request: ListModelsRequest & Cancellable = {},
  ): Promise<
    Answer & { readonly Models: readonly RegisteredModel[]; readonly TotalCount: number }
  > {
    const { signal, ...query } = request;
    return this.#api.call({
      operation: 'ListModels',
      method: 'GET',
      path: '/api/v1/models',
      query: { ...query },
      signal,
    });
  }

  /** Every model that matches, page after page. */
  async *allModels(
    request: Omit<ListModelsRequest, 'PageNumber' | 'PageSize'> & Cancellable = {},
  ): AsyncGenerator<RegisteredModel> {
    yield* paged(async (PageNumber) => {
      const answer = await this.listModels({ ...request, PageNumber, PageSize: PAGE_SIZE });
      return { items: answer.Models, total: answer.TotalCount };
    });
  }

  /** The model of exactly this name; undefined when there is none. */
  async findModel(
    request: Cancellable & { readonly ModelName: string; readonly WorkspaceId?: string },
  ): Promise<RegisteredModel | undefined> {
    // Literal double quotes ask for the whole name; what comes back is compared all the same.
    const quoted = { ...request, ModelName: `"${request.ModelName}"` };
    for await (const model of this.allModels(quoted)) {
      if (model.ModelName === request.ModelName) return model;
    }
    return undefined;
  }

  async updateModel(
    request: ModelCall & Partial<Omit<CreateModelRequest, 'WorkspaceId' | 'Labels'>>,
  ): Promise<Answer> {
    const { ModelId, signal, ...body } = request;
    const path = modelPath({ ModelId });
    return this.#api.call({ operation: 'UpdateModel', method: 'PUT', path, body, signal });
  }

  /** Deletes a model with all its versions. */
  async deleteModel(request: ModelCall): Promise<Answer> {
    const { signal } = request;
    const path = modelPath(request);
    return this.#api.call({ operation: 'DeleteModel', method: 'DELETE', path, signal });
  }

  /** Sets labels of a model; a key that exists gets the new value. */
  async createModelLabels(
    request: ModelCall & { readonly Labels: readonly RegistryLabel[] },
  ): Promise<Answer> {
    const { Labels, signal } = request;
    const path = `${modelPath(request)}/labels`;
    const body = { Labels };
    return this.#api.call({ operation: 'CreateModelLabels', method: 'POST', path, body, signal });
  }

  async deleteModelLabels(
    request: ModelCall & { readonly LabelKeys: readonly string[] },
  ): Promise<Answer> {
    const { signal } = request;
    const path = `${modelPath(request)}/labels`;
    const query = { LabelKeys: request.LabelKeys.join(',') };
    return this.#api.call({
      operation: 'DeleteModelLabels',
      method: 'DELETE',
      path,
      query,
      signal,
    });
  }

  /** Creates a version. A VersionName that the model has already is a CloudError of status 400. */
  async createModelVersion(
    request: ModelCall & CreateModelVersionRequest,
  ): Promise<Answer & { readonly VersionName: string }> {
    const { ModelId, signal, ...body } = request;
    const path = `${modelPath({ ModelId })}/versions`;
    return this.#api.call({ operation: 'CreateModelVersion', method: 'POST', path, body, signal });
  }

  async getModelVersion(request: VersionCall): Promise<Answer & ModelVersion> {
    const { signal } = request;
    const path = versionPath(request);
    return this.#api.call({ operation: 'GetModelVersion', method: 'GET', path, signal });
  }

  /** One page of a model's versions. */
  async listModelVersions(
    request: ModelCall & ListModelVersionsRequest,
  ): Promise<Answer & { readonly Versions: readonly ModelVersion[]; readonly TotalCount: number }> {
    const { ModelId, signal, ...query } = request;
    return this.#api.call({
      operation: 'ListModelVersions',
      method: 'GET',
      path: `${modelPath({ ModelId })}/versions`,
      query: { ...query },
      signal,
    });
  }

  /** Every version that matches, page after page. */
  async *allModelVersions(
    request: ModelCall & Omit<ListModelVersionsRequest, 'PageNumber' | 'PageSize'>,
  ): AsyncGenerator<ModelVersion> {
    yield* paged(async (PageNumber) => {
      const page = { ...request, PageNumber, PageSize: PAGE_SIZE };
      const answer = await this.listModelVersions(page);
      return { items: answer.Versions, total: answer.TotalCount };
    });
  }

  /** Changes a version: its approval, its metrics, its specifications. */
  async updateModelVersion(request: VersionCall & ModelVersionChanges): Promise<Answer> {
    const { ModelId, VersionName, signal, ...body } = request;
    const path = versionPath({ ModelId, VersionName });
    return this.#api.call({ operation: 'UpdateModelVersion', method: 'PUT', path, body, signal });
  }

  async deleteModelVersion(request: VersionCall): Promise<Answer> {
    const { signal } = request;
    const path = versionPath(request);
    return this.#api.call({ operation: 'DeleteModelVersion', method: 'DELETE', path, signal });
  }

  /** Sets labels of a version; a key that exists gets the new value. */
  async createModelVersionLabels(
    request: VersionCall & { readonly Labels: readonly RegistryLabel[] },
  ): Promise<Answer> {
    return this.#api.call({
      operation: 'CreateModelVersionLabels',
      method: 'POST',
      path: `${versionPath(request)}/labels`,
      body: { Labels: request.Labels },
      signal: request.signal,
    });
  }

  async deleteModelVersionLabels(
    request: VersionCall & { readonly LabelKeys: readonly string[] },
  ): Promise<Answer> {
    return this.#api.call({
      operation: 'DeleteModelVersionLabels',
      method: 'DELETE',
      path: `${versionPath(request)}/labels`,
      query: { LabelKeys: request.LabelKeys.join(',') },
      signal: request.signal,
    });
  }
}

function modelPath(request: { readonly ModelId: string }): string {
  return pathOf`/api/v1/models/${request.ModelId}`;
}

function versionPath(request: { readonly ModelId: string; readonly VersionName: string }): string {
  return pathOf`/api/v1/models/${request.ModelId}/versions/${request.VersionName}`;
}

async function* paged<Item>(
  read: (page: number) => Promise<{ readonly items: readonly Item[]; readonly total: number }>,
): AsyncGenerator<Item> {
  for (let page = 1, seen = 0; ; page += 1) {
    const { items, total } = await read(page);
    yield* items;
    seen += items.length;
    if (items.length === 0 || seen >= total) return;
  }
}
