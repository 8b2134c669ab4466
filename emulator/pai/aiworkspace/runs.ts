import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { PaiContext } from '../context';
import { Collection, newId } from './collection';
import { type ExperimentRecord, experimentName } from './experiments';
import { labelList, withLabels, withoutLabels } from './labels';
import type { LabelRecord } from './records';
import { RunMetrics } from './run-metrics';

/** A hyperparameter of a run. */
export interface RunParam {
  readonly Key: string;
  readonly Value: string;
}

/** A run as it is kept; its metrics are files of their own. */
export interface RunRecord {
  readonly RunId: string;
  readonly ExperimentId: string;
  readonly Name: string;
  readonly SourceType?: string;
  readonly SourceId?: string;
  readonly Params: readonly RunParam[];
  readonly Labels: readonly LabelRecord[];
  readonly WorkspaceId: string;
  readonly Accessibility: string;
  readonly UserId: string;
  readonly OwnerId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

const params = z.array(z.object({ Key: z.string().min(1), Value: z.string() }));

/** Body of CreateRun. */
export const createRun = z.object({
  ExperimentId: z.string().min(1),
  Name: experimentName.optional(),
  SourceType: z.enum(['TrainingService', 'DLC', '']).optional(),
  SourceId: z.string().optional(),
  Params: params.default([]),
  Labels: labelList.default([]),
});

/** Body of UpdateRun. */
export const updateRun = z.object({
  Name: experimentName.optional(),
  Params: params.default([]),
  Labels: labelList.default([]),
});

/** The runs of all experiments. */
export class Runs {
  readonly metrics: RunMetrics;
  readonly #items: Collection<RunRecord>;
  readonly #context: PaiContext;

  constructor(options: { readonly context: PaiContext; readonly folder: string }) {
    this.#context = options.context;
    this.metrics = new RunMetrics(path.join(options.folder, 'metrics'));
    this.#items = new Collection({
      folder: path.join(options.folder, 'records'),
      kind: 'Run',
      idOf: ({ RunId }) => RunId,
    });
  }

  /** In the order of their creation. */
  all(): readonly RunRecord[] {
    return [...this.#items.all()].sort((a, b) =>
      a.GmtCreateTime < b.GmtCreateTime ? -1 : a.GmtCreateTime > b.GmtCreateTime ? 1 : 0,
    );
  }

  get(id: string): RunRecord {
    return this.#items.get(id);
  }

  latestOf(experimentId: string): RunRecord | undefined {
    return this.all().findLast((run) => run.ExperimentId === experimentId);
  }

  async create(
    fields: z.infer<typeof createRun>,
    experiment: ExperimentRecord,
  ): Promise<RunRecord> {
    const now = this.#now();
    const { accountId } = this.#context;
    return this.#items.keep({
      ...fields,
      RunId: newId('run'),
      Name: fields.Name ?? `run-${randomBytes(6).toString('hex')}`,
      Params: withParams([], fields.Params),
      Labels: withLabels([], fields.Labels),
      WorkspaceId: experiment.WorkspaceId,
      Accessibility: experiment.Accessibility,
      UserId: accountId,
      OwnerId: accountId,
      GmtCreateTime: now,
      GmtModifiedTime: now,
    });
  }

  async update(id: string, changes: z.infer<typeof updateRun>): Promise<void> {
    const old = this.get(id);
    await this.#change(old, {
      Name: changes.Name ?? old.Name,
      Params: withParams(old.Params, changes.Params),
      Labels: withLabels(old.Labels, changes.Labels),
    });
  }

  async deleteLabel(id: string, key: string): Promise<void> {
    const old = this.get(id);
    await this.#change(old, { Labels: withoutLabels(old.Labels, [key]) });
  }

  async delete(id: string): Promise<void> {
    await this.#items.remove(id);
    await this.metrics.remove(id);
  }

  async deleteOf(experimentId: string): Promise<void> {
    for (const run of this.all()) {
      if (run.ExperimentId === experimentId) await this.delete(run.RunId);
    }
  }

  async #change(old: RunRecord, changes: Partial<RunRecord>): Promise<void> {
    await this.#items.keep({ ...old, ...changes, GmtModifiedTime: this.#now() });
  }

  #now(): string {
    return this.#context.clock().toISOString();
  }
}

/** Parameters with others set over them. */
function withParams(old: readonly RunParam[], others: readonly RunParam[]): readonly RunParam[] {
  const byKey = new Map([...old, ...others].map(({ Key, Value }) => [Key, Value]));
  return [...byKey].map(([Key, Value]) => ({ Key, Value }));
}
