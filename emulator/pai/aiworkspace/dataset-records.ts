import { z } from 'zod';
import { labelList } from './labels';
import type { LabelRecord } from './records';

const jsonText = z.string().refine(isJsonObject, 'must be a JSON object as text');
const sourceTypes = ['OSS', 'NAS', 'EXTREMENAS', 'CPFS', 'BMCPFS', 'MAXCOMPUTE', 'URL'] as const;

const versionFields = {
  DataSourceType: z.enum(sourceTypes),
  Property: z.enum(['FILE', 'DIRECTORY']),
  Uri: z.string().min(1),
  Options: jsonText.optional(),
  ImportInfo: jsonText.optional(),
  SourceType: z.string().default('USER'),
  SourceId: z.string().optional(),
  DataSize: z.number().int().min(0).optional(),
  DataCount: z.number().int().min(0).optional(),
};
const datasetName = z
  .string()
  .regex(
    /^[A-Za-z0-9\u4e00-\u9fff][\w\u4e00-\u9fff-]{0,126}$/,
    'must start with a letter or digit and have 1 to 127 letters, digits, underscores or hyphens',
  );
const accessibility = z.enum(['PRIVATE', 'PUBLIC', 'ROLE_PUBLIC']);
const roleIds = z.array(z.string());

/** Body of CreateDataset. */
export const createDataset = z
  .object({
    ...versionFields,
    Name: datasetName,
    WorkspaceId: z.string().min(1).optional(),
    Accessibility: accessibility.default('PRIVATE'),
    AccessibleRoleIdList: roleIds.optional(),
    MountAccessReadWriteRoleIdList: roleIds.optional(),
    DataType: z.enum(['COMMON', 'PIC', 'TEXT', 'VIDEO', 'AUDIO']).default('COMMON'),
    Description: z.string().optional(),
    Edition: z.enum(['BASIC', 'ADVANCED', 'LOGICAL']).default('BASIC'),
    Provider: z.string().optional(),
    ProviderType: z.enum(['Ecs', 'Lingjun']).default('Ecs'),
    SourceDatasetId: z.string().optional(),
    SourceDatasetVersion: z.string().optional(),
    Labels: labelList.default([]),
    VersionDescription: z.string().optional(),
    VersionLabels: labelList.default([]),
    DryRun: z.boolean().optional(),
  })
  .refine(hasFittingUri, { path: ['Uri'], message: 'does not fit the DataSourceType' })
  .refine(({ Edition, DataSourceType }) => Edition === 'BASIC' || DataSourceType === 'OSS', {
    path: ['Edition'],
    message: 'only a data set on OSS can have this edition',
  })
  .refine(({ Provider }) => Provider !== 'pai', {
    path: ['Provider'],
    message: 'must not be pai',
  });

/** Body of UpdateDataset. */
export const updateDataset = z.object({
  Name: datasetName.optional(),
  Description: z.string().optional(),
  Options: jsonText.optional(),
  Accessibility: accessibility.optional(),
  AccessibleRoleIdList: roleIds.optional(),
  MountAccessReadWriteRoleIdList: roleIds.optional(),
  Edition: z.enum(['ADVANCED', 'BASIC', 'LOGICAL']).optional(),
});

/** Body of CreateDatasetVersion. */
export const createDatasetVersion = z
  .object({
    ...versionFields,
    Description: z.string().optional(),
    Labels: labelList.default([]),
    DryRun: z.boolean().optional(),
  })
  .refine(hasFittingUri, { path: ['Uri'], message: 'does not fit the DataSourceType' });

/** Body of UpdateDatasetVersion. */
export const updateDatasetVersion = z.object({
  Description: z.string().optional(),
  Options: jsonText.optional(),
  DataSize: z.number().int().min(0).optional(),
  DataCount: z.number().int().min(0).optional(),
});

/** A checked CreateDataset body. */
export type NewDataset = Omit<z.infer<typeof createDataset>, 'DryRun'>;
/** A checked UpdateDataset body. */
export type DatasetChanges = z.infer<typeof updateDataset>;
/** A checked CreateDatasetVersion body. */
export type NewDatasetVersion = Omit<z.infer<typeof createDatasetVersion>, 'DryRun'>;

/** A version as it is kept and as it travels. */
export interface DatasetVersionRecord extends Omit<NewDatasetVersion, 'Labels'> {
  readonly VersionName: string;
  readonly Labels: readonly LabelRecord[];
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

/** A data set as it is kept: one file each, with all its versions in the order of their creation. */
export interface DatasetRecord
  extends Omit<
    NewDataset,
    'Labels' | 'VersionLabels' | 'VersionDescription' | 'DataSize' | 'DataCount'
  > {
  readonly DatasetId: string;
  readonly WorkspaceId: string;
  readonly Labels: readonly LabelRecord[];
  readonly UserId: string;
  readonly OwnerId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
  readonly versions: readonly DatasetVersionRecord[];
  /** The number of the newest version that ever was. */
  readonly lastVersion: number;
}

const SCHEMES: Readonly<Record<string, RegExp>> = {
  OSS: /^oss:\/\/.+/,
  NAS: /^nas:\/\/.+/,
  EXTREMENAS: /^nas:\/\/.+/,
  CPFS: /^(nas|cpfs):\/\/.+/,
  BMCPFS: /^(bmcpfs|cpfs):\/\/.+/,
  MAXCOMPUTE: /^odps:\/\/.+/,
  URL: /^https?:\/\/.+/,
};

function hasFittingUri(fields: { readonly DataSourceType: string; readonly Uri: string }) {
  return SCHEMES[fields.DataSourceType].test(fields.Uri);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
