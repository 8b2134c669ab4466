import { z } from 'zod';
import { invalidParameter } from '../api-error';
import type { PaiContext } from '../context';
import { Collection, given, nameTaken, newId } from './collection';
import { labelList, withLabels, withoutLabels } from './labels';
import type { LabelRecord } from './records';

/** An experiment as it is kept and as it travels. */
export interface ExperimentRecord {
  readonly ExperimentId: string;
  readonly Name: string;
  readonly ArtifactUri?: string;
  readonly WorkspaceId: string;
  readonly Accessibility: 'PRIVATE' | 'PUBLIC';
  readonly Labels: readonly LabelRecord[];
  readonly UserId: string;
  readonly OwnerId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** Names of experiments and runs. */
export const experimentName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
    'must start with a letter and have 1 to 63 letters, digits, underscores or hyphens',
  );

/** Body of CreateExperiment. */
export const createExperiment = z.object({
  Name: experimentName,
  ArtifactUri: z
    .string()
    .regex(/^oss:\/\/.+/, 'only OSS paths are supported')
    .optional(),
  WorkspaceId: z.string().min(1),
  Accessibility: z.enum(['PRIVATE', 'PUBLIC']).default('PRIVATE'),
  Labels: labelList.default([]),
});

/** Body of UpdateExperiment. */
export const updateExperiment = z.object({
  Name: experimentName.optional(),
  Accessibility: z.enum(['PRIVATE', 'PUBLIC']).optional(),
});

/** The experiments of all workspaces. */
export class Experiments {
  readonly #items: Collection<ExperimentRecord>;
  readonly #context: PaiContext;

  constructor(options: { readonly context: PaiContext; readonly folder: string }) {
    this.#context = options.context;
    this.#items = new Collection({
      folder: options.folder,
      kind: 'Experiment',
      idOf: ({ ExperimentId }) => ExperimentId,
    });
  }

  /** In the order of their creation. */
  all(): readonly ExperimentRecord[] {
    return [...this.#items.all()].sort((a, b) => order(a.GmtCreateTime, b.GmtCreateTime));
  }

  get(id: string): ExperimentRecord {
    return this.#items.get(id);
  }

  async create(fields: z.infer<typeof createExperiment>): Promise<ExperimentRecord> {
    this.#refuseTakenName({ name: fields.Name, workspace: fields.WorkspaceId });
    const now = this.#now();
    const { accountId } = this.#context;
    return this.#items.keep({
      ...fields,
      ExperimentId: newId('exp'),
      Labels: withLabels([], fields.Labels),
      UserId: accountId,
      OwnerId: accountId,
      GmtCreateTime: now,
      GmtModifiedTime: now,
    });
  }

  async update(id: string, changes: z.infer<typeof updateExperiment>): Promise<void> {
    const old = this.get(id);
    if (changes.Name === undefined && changes.Accessibility === undefined) {
      throw invalidParameter('Name', 'Name or Accessibility is required');
    }
    if (changes.Name !== undefined && changes.Name !== old.Name) {
      this.#refuseTakenName({ name: changes.Name, workspace: old.WorkspaceId });
    }
    await this.#change(old, given(changes));
  }

  async setLabels(id: string, labels: readonly LabelRecord[]): Promise<void> {
    const old = this.get(id);
    await this.#change(old, { Labels: withLabels(old.Labels, labels) });
  }

  async deleteLabel(id: string, key: string): Promise<void> {
    const old = this.get(id);
    await this.#change(old, { Labels: withoutLabels(old.Labels, [key]) });
  }

  delete(id: string): Promise<void> {
    return this.#items.remove(id);
  }

  async #change(old: ExperimentRecord, changes: Partial<ExperimentRecord>): Promise<void> {
    await this.#items.keep({ ...old, ...changes, GmtModifiedTime: this.#now() });
  }

  #refuseTakenName(args: { readonly name: string; readonly workspace: string }): void {
    const isTaken = this.#items
      .all()
      .some(({ Name, WorkspaceId }) => Name === args.name && WorkspaceId === args.workspace);
    if (isTaken) throw nameTaken('Experiment', args.name);
  }

  #now(): string {
    return this.#context.clock().toISOString();
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
