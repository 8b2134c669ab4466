import { ApiError, invalidParameter } from '../api-error';
import type { PaiContext } from '../context';
import { Collection, given, newId, notFound } from './collection';
import type {
  DatasetChanges,
  DatasetRecord,
  DatasetVersionRecord,
  NewDataset,
  NewDatasetVersion,
} from './dataset-records';
import { withLabels, withoutLabels } from './labels';
import { DEFAULT_WORKSPACE } from './models';
import type { LabelRecord } from './records';

/** The data sets of all workspaces, each with its versions `v1`, `v2` and so on. */
export class Datasets {
  readonly #items: Collection<DatasetRecord>;
  readonly #context: PaiContext;

  constructor(options: { readonly context: PaiContext; readonly folder: string }) {
    this.#context = options.context;
    this.#items = new Collection({
      folder: options.folder,
      kind: 'Dataset',
      idOf: ({ DatasetId }) => DatasetId,
    });
  }

  /** In the order of their creation. */
  all(): readonly DatasetRecord[] {
    return [...this.#items.all()].sort(
      (a, b) => Date.parse(a.GmtCreateTime) - Date.parse(b.GmtCreateTime),
    );
  }

  find(id: string): DatasetRecord | undefined {
    return this.#items.find(id);
  }

  get(id: string): DatasetRecord {
    return this.#items.get(id);
  }

  version(id: string, name: string): DatasetVersionRecord {
    const version = this.get(id).versions.find(({ VersionName }) => VersionName === name);
    if (!version) throw notFound('DatasetVersion', name);
    return version;
  }

  async create(fields: NewDataset): Promise<DatasetRecord> {
    const { VersionDescription, VersionLabels, Labels, DataSize, DataCount, ...rest } = fields;
    const now = this.#now();
    const { accountId } = this.#context;
    const { DataSourceType, Property, Uri, Options, SourceType, SourceId, ImportInfo } = rest;
    const first: DatasetVersionRecord = {
      VersionName: 'v1',
      Description: VersionDescription,
      ...{ DataSourceType, Property, Uri, Options, SourceType, SourceId, ImportInfo },
      ...{ DataSize, DataCount },
      Labels: withLabels([], VersionLabels),
      GmtCreateTime: now,
      GmtModifiedTime: now,
    };
    return this.#items.keep({
      ...rest,
      DatasetId: newId('d'),
      WorkspaceId: rest.WorkspaceId ?? DEFAULT_WORKSPACE,
      Labels: withLabels([], Labels),
      UserId: accountId,
      OwnerId: accountId,
      GmtCreateTime: now,
      GmtModifiedTime: now,
      versions: [first],
      lastVersion: 1,
    });
  }

  async update(id: string, changes: DatasetChanges): Promise<void> {
    await this.#change(this.get(id), given(changes));
  }

  delete(id: string): Promise<void> {
    return this.#items.remove(id);
  }

  async setLabels(id: string, labels: readonly LabelRecord[]): Promise<void> {
    const old = this.get(id);
    await this.#change(old, { Labels: withLabels(old.Labels, labels) });
  }

  async deleteLabels(id: string, keys: readonly string[]): Promise<void> {
    const old = this.get(id);
    await this.#change(old, { Labels: withoutLabels(old.Labels, keys) });
  }

  /** The numbers of deleted versions are not given again. */
  async createVersion(id: string, fields: NewDatasetVersion): Promise<DatasetVersionRecord> {
    const dataset = this.get(id);
    if (fields.DataSourceType !== dataset.DataSourceType) {
      throw invalidParameter('DataSourceType', `the data set's is ${dataset.DataSourceType}`);
    }
    const now = this.#now();
    const lastVersion = dataset.lastVersion + 1;
    const version: DatasetVersionRecord = {
      ...fields,
      VersionName: `v${lastVersion}`,
      Labels: withLabels([], fields.Labels),
      GmtCreateTime: now,
      GmtModifiedTime: now,
    };
    await this.#change(dataset, { versions: [...dataset.versions, version], lastVersion });
    return version;
  }

  async changeVersion(args: {
    readonly id: string;
    readonly name: string;
    readonly change: (version: DatasetVersionRecord) => Partial<DatasetVersionRecord>;
  }): Promise<void> {
    const dataset = this.get(args.id);
    const old = this.version(args.id, args.name);
    const changed = { ...old, ...given(args.change(old)), GmtModifiedTime: this.#now() };
    const versions = dataset.versions.map((version) => (version === old ? changed : version));
    await this.#change(dataset, { versions });
  }

  async deleteVersion(id: string, name: string): Promise<void> {
    const dataset = this.get(id);
    const doomed = this.version(id, name);
    if (dataset.versions.length === 1) {
      throw new ApiError({
        statusCode: 400,
        code: 'DatasetVersionInUse',
        message: `${name} is the only version of data set ${id}: delete the data set.`,
      });
    }
    await this.#change(dataset, {
      versions: dataset.versions.filter((version) => version !== doomed),
    });
  }

  async #change(old: DatasetRecord, changes: Partial<DatasetRecord>): Promise<void> {
    await this.#items.keep({ ...old, ...changes, GmtModifiedTime: this.#now() });
  }

  #now(): string {
    return this.#context.clock().toISOString();
  }
}
