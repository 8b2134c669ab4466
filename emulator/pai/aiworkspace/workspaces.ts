import path from 'node:path';
import { z } from 'zod';
import { ApiError } from '../api-error';
import type { PaiContext } from '../context';
import { Collection, nameTaken, notFound } from './collection';
import { DEFAULT_WORKSPACE } from './models';
import type { LabelRecord } from './records';

/** A configuration item of a workspace. */
export interface ConfigRecord {
  readonly CategoryName: string;
  readonly ConfigKey: string;
  readonly ConfigValue: string;
  readonly Labels: readonly LabelRecord[];
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** Somebody who may work in a workspace. */
export interface MemberRecord {
  readonly UserId: string;
  readonly Roles: readonly string[];
  readonly GmtCreateTime: string;
}

/** A workspace as it is kept, with what it configures and who is in it. */
export interface WorkspaceRecord {
  readonly WorkspaceId: string;
  readonly WorkspaceName: string;
  readonly DisplayName: string;
  readonly Description: string;
  readonly EnvTypes: readonly string[];
  readonly IsDefault: boolean;
  readonly ResourceGroupId?: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
  readonly configs: readonly ConfigRecord[];
  readonly members: readonly MemberRecord[];
}

const workspaceName = z
  .string()
  .regex(/^[A-Za-z]\w{2,22}$/, 'must start with a letter and have 3 to 23 letters, digits, _');

/** Body of CreateWorkspace. */
export const createWorkspace = z.object({
  WorkspaceName: workspaceName,
  DisplayName: z.string().optional(),
  Description: z.string().max(80, 'must not be longer than 80 characters'),
  EnvTypes: z.array(z.enum(['dev', 'prod'])).min(1),
  ResourceGroupId: z.string().optional(),
});

/** Body of UpdateWorkspace. */
export const updateWorkspace = z.object({
  DisplayName: workspaceName.optional(),
  Description: z.string().max(80).optional(),
});

const OWNER_ROLE = 'PAI.WorkspaceOwner';

/** The workspaces of the account; the default one is there from the beginning. */
export class Workspaces {
  readonly #items: Collection<WorkspaceRecord>;
  readonly #context: PaiContext;

  constructor(context: PaiContext) {
    this.#context = context;
    this.#items = new Collection({
      folder: path.join(context.folder, 'aiworkspace', 'workspaces'),
      kind: 'Workspace',
      idOf: ({ WorkspaceId }) => WorkspaceId,
    });
  }

  /** Makes the default workspace on the first start. `storageUri`: where models are exported to. */
  async open(storageUri: string | undefined): Promise<void> {
    if (this.#items.find(DEFAULT_WORKSPACE)) return;
    const now = this.#now();
    const times = { GmtCreateTime: now, GmtModifiedTime: now };
    const storage: ConfigRecord = {
      CategoryName: 'CommonResourceConfig',
      ConfigKey: 'modelExportPath',
      ConfigValue: storageUri ?? '',
      Labels: [],
      ...times,
    };
    await this.#items.keep({
      ...this.#fresh('default_workspace', DEFAULT_WORKSPACE),
      Description: 'The default workspace of the local cloud.',
      IsDefault: true,
      configs: storageUri ? [storage] : [],
    });
  }

  /** In the order of their creation. */
  all(): readonly WorkspaceRecord[] {
    return [...this.#items.all()].sort((a, b) => Number(a.WorkspaceId) - Number(b.WorkspaceId));
  }

  find(id: string): WorkspaceRecord | undefined {
    return this.#items.find(id);
  }

  get(id: string): WorkspaceRecord {
    return this.#items.get(id);
  }

  default(): WorkspaceRecord {
    const workspace = this.all().find(({ IsDefault }) => IsDefault);
    if (!workspace) throw notFound('Workspace', 'default');
    return workspace;
  }

  async create(fields: z.infer<typeof createWorkspace>): Promise<WorkspaceRecord> {
    const name = fields.WorkspaceName;
    if (this.#items.all().some(({ WorkspaceName }) => WorkspaceName === name)) {
      throw nameTaken('Workspace', name);
    }
    const ids = this.#items.all().map(({ WorkspaceId }) => Number(WorkspaceId));
    const id = String(Math.max(Number(DEFAULT_WORKSPACE), ...ids) + 1);
    const DisplayName = fields.DisplayName ?? name;
    return this.#items.keep({ ...this.#fresh(name, id), ...fields, DisplayName });
  }

  /** A change of fields, configuration or members. */
  async change(id: string, changes: Partial<WorkspaceRecord>): Promise<void> {
    await this.#items.keep({ ...this.get(id), ...changes, GmtModifiedTime: this.#now() });
  }

  async setDefault(id: string): Promise<void> {
    this.get(id);
    for (const { WorkspaceId, IsDefault } of this.all()) {
      if (IsDefault !== (WorkspaceId === id)) {
        await this.change(WorkspaceId, { IsDefault: WorkspaceId === id });
      }
    }
  }

  async delete(id: string): Promise<void> {
    if (this.get(id).IsDefault) {
      throw new ApiError({
        statusCode: 400,
        code: 'DefaultWorkspaceNotDeletable',
        message: `Workspace ${id} is the default workspace.`,
      });
    }
    await this.#items.remove(id);
  }

  #fresh(name: string, id: string): WorkspaceRecord {
    const now = this.#now();
    return {
      WorkspaceId: id,
      WorkspaceName: name,
      DisplayName: name,
      Description: '',
      EnvTypes: ['prod'],
      IsDefault: false,
      GmtCreateTime: now,
      GmtModifiedTime: now,
      configs: [],
      members: [{ UserId: this.#context.accountId, Roles: [OWNER_ROLE], GmtCreateTime: now }],
    };
  }

  #now(): string {
    return this.#context.clock().toISOString();
  }
}
