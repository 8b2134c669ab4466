import type { z } from 'zod';
import type { createModel, createVersion, updateModel, updateVersion } from './schemas';

/** A label of a model or a version. */
export interface LabelRecord {
  readonly Key: string;
  readonly Value: string;
}

/** A checked CreateModel body. */
export type NewModel = z.infer<typeof createModel>;
/** A checked UpdateModel body. */
export type ModelChanges = z.infer<typeof updateModel>;
/** A checked CreateModelVersion body. */
export type NewVersion = z.infer<typeof createVersion>;
/** A checked UpdateModelVersion body. */
export type VersionChanges = z.infer<typeof updateVersion>;

/** A version as it is kept and as it travels. */
export interface VersionRecord extends Omit<NewVersion, 'Labels'> {
  readonly VersionName: string;
  readonly Labels: readonly LabelRecord[];
  readonly UserId: string;
  readonly OwnerId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** A model as it is kept: one file each, with all its versions in the order of their creation. */
export interface ModelRecord extends Omit<NewModel, 'Labels' | 'Tag'> {
  readonly ModelId: string;
  readonly WorkspaceId: string;
  readonly Labels: readonly LabelRecord[];
  readonly UserId: string;
  readonly OwnerId: string;
  readonly Provider: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
  readonly GmtLatestVersionModifiedTime?: string;
  readonly versions: readonly VersionRecord[];
}
