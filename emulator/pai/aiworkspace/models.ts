import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { ApiError } from '../api-error';
import type { PaiContext } from '../context';
import { ResourceFiles } from '../resource-files';
import { given } from './collection';
import { withLabels } from './labels';
import type {
  LabelRecord,
  ModelChanges,
  ModelRecord,
  NewModel,
  NewVersion,
  VersionChanges,
  VersionRecord,
} from './records';

/** The workspace that a model lands in when the request names none. */
export const DEFAULT_WORKSPACE = '10000';

/** The registered models: in memory, and one file each on disk before a change is answered. */
export class Models {
  readonly #files: ResourceFiles<ModelRecord>;
  readonly #models: Map<string, ModelRecord>;
  readonly #context: PaiContext;

  constructor(context: PaiContext) {
    this.#context = context;
    this.#files = new ResourceFiles(path.join(context.folder, 'aiworkspace', 'models'));
    this.#models = new Map(this.#files.load().map((model) => [model.ModelId, model]));
  }

  all(): readonly ModelRecord[] {
    return [...this.#models.values()];
  }

  get(modelId: string): ModelRecord {
    const model = this.#models.get(modelId);
    if (!model) throw notFound('Model', modelId);
    return model;
  }

  version(modelId: string, name: string): VersionRecord {
    const version = this.get(modelId).versions.find(({ VersionName }) => VersionName === name);
    if (!version) throw notFound('ModelVersion', name);
    return version;
  }

  async create(fields: NewModel): Promise<ModelRecord> {
    const { Labels, Tag, ...rest } = fields;
    const workspace = rest.WorkspaceId ?? DEFAULT_WORKSPACE;
    this.#refuseTakenName({ name: rest.ModelName, workspace });
    const now = this.#now();
    const { accountId } = this.#context;
    const model: ModelRecord = {
      ...rest,
      ModelId: `model-${randomBytes(9).toString('hex')}`,
      WorkspaceId: workspace,
      Accessibility: rest.Accessibility ?? 'PRIVATE',
      Labels: withLabels([], [...Labels, ...Tag]),
      UserId: accountId,
      OwnerId: accountId,
      Provider: accountId,
      GmtCreateTime: now,
      GmtModifiedTime: now,
      versions: [],
    };
    await this.#keep(model);
    return model;
  }

  async update(modelId: string, changes: ModelChanges): Promise<void> {
    const model = this.get(modelId);
    if (changes.ModelName !== undefined && changes.ModelName !== model.ModelName) {
      this.#refuseTakenName({ name: changes.ModelName, workspace: model.WorkspaceId });
    }
    await this.#keep({ ...model, ...given(changes), GmtModifiedTime: this.#now() });
  }

  async delete(modelId: string): Promise<void> {
    this.#models.delete(this.get(modelId).ModelId);
    await this.#files.remove(modelId);
  }

  async setLabels(modelId: string, labels: readonly LabelRecord[]): Promise<void> {
    const model = this.get(modelId);
    const Labels = withLabels(model.Labels, labels);
    await this.#keep({ ...model, Labels, GmtModifiedTime: this.#now() });
  }

  async deleteLabels(modelId: string, keys: readonly string[]): Promise<void> {
    const model = this.get(modelId);
    const Labels = model.Labels.filter(({ Key }) => !keys.includes(Key));
    await this.#keep({ ...model, Labels, GmtModifiedTime: this.#now() });
  }

  async createVersion(modelId: string, fields: NewVersion): Promise<VersionRecord> {
    const model = this.get(modelId);
    const name = fields.VersionName ?? nextVersionName(model.versions);
    if (model.versions.some(({ VersionName }) => VersionName === name)) {
      throw new ApiError({
        statusCode: 400,
        code: 'ModelVersionAlreadyExists',
        message: `The model version ${name} already exists in model ${model.ModelName}.`,
      });
    }
    const now = this.#now();
    const { accountId } = this.#context;
    const version: VersionRecord = {
      ...fields,
      VersionName: name,
      ApprovalStatus: fields.ApprovalStatus ?? 'Pending',
      SourceType: fields.SourceType ?? 'Custom',
      Labels: withLabels([], fields.Labels),
      UserId: accountId,
      OwnerId: accountId,
      GmtCreateTime: now,
      GmtModifiedTime: now,
    };
    await this.#keepVersions(model, [...model.versions, version]);
    return version;
  }

  async changeVersion(args: {
    readonly modelId: string;
    readonly name: string;
    readonly change: (version: VersionRecord) => VersionChanges & { Labels?: LabelRecord[] };
  }): Promise<void> {
    const model = this.get(args.modelId);
    const old = this.version(args.modelId, args.name);
    const changed = { ...old, ...given(args.change(old)), GmtModifiedTime: this.#now() };
    const versions = model.versions.map((version) => (version === old ? changed : version));
    await this.#keepVersions(model, versions);
  }

  async deleteVersion(modelId: string, name: string): Promise<void> {
    const model = this.get(modelId);
    const doomed = this.version(modelId, name);
    await this.#keepVersions(
      model,
      model.versions.filter((version) => version !== doomed),
    );
  }

  async #keepVersions(model: ModelRecord, versions: readonly VersionRecord[]): Promise<void> {
    const time = versions.at(-1)?.GmtModifiedTime;
    await this.#keep({ ...model, versions, GmtLatestVersionModifiedTime: time });
  }

  async #keep(model: ModelRecord): Promise<void> {
    // In memory first: of two changes at once the later one builds on the earlier one.
    this.#models.set(model.ModelId, model);
    await this.#files.save(model.ModelId, model);
  }

  #refuseTakenName(args: { readonly name: string; readonly workspace: string }): void {
    const isTaken = this.all().some(
      (model) => model.ModelName === args.name && model.WorkspaceId === args.workspace,
    );
    if (!isTaken) return;
    throw new ApiError({
      statusCode: 400,
      code: 'ModelNameAlreadyExists',
      message: `The model name ${args.name} already exists in workspace ${args.workspace}.`,
    });
  }

  #now(): string {
    return this.#context.clock().toISOString();
  }
}

/** 0.1.0 for the first version, then the last one's minor number plus one. */
function nextVersionName(versions: readonly VersionRecord[]): string {
  const last = versions.at(-1);
  if (!last) return '0.1.0';
  const taken = new Set(versions.map(({ VersionName }) => VersionName));
  const [major, minor] = last.VersionName.split('.').map(Number);
  let next = minor + 1;
  while (taken.has(`${major}.${next}.0`)) next += 1;
  return `${major}.${next}.0`;
}

function notFound(kind: 'Model' | 'ModelVersion', name: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: `${kind}NotFound`,
    message: `The ${kind === 'Model' ? 'model' : 'model version'} ${name} does not exist.`,
  });
}
