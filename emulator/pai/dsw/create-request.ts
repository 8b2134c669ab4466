import { z } from 'zod';
import { isMountPath, parseOssUri } from '../mounts';
import { validationError } from './dsw-error';
import { resourceLimits } from './ecs-specs';
import type { InstanceSpec } from './instance-record';

const text = z.string().min(1);
const amount = z.string().regex(/^\d+(\.\d+)?$/, 'must be a number, as a string');
const keyValue = z.object({ Key: text, Value: z.string().default('') });

const dataset = z
  .object({
    DatasetId: text.optional(),
    DatasetVersion: text.optional(),
    Uri: text.optional(),
    MountPath: text.refine(isMountPath, 'must be an absolute path other than /'),
    MountAccess: z.enum(['RO', 'RW']).optional(),
    OptionType: z.string().optional(),
    Options: z.string().optional(),
    Dynamic: z.boolean().optional(),
  })
  .refine(({ DatasetId, Uri }) => (DatasetId === undefined) !== (Uri === undefined), {
    message: 'exactly one of DatasetId and Uri is required',
  })
  .refine(({ Options, OptionType }) => !(Options && OptionType), {
    message: 'Options and OptionType exclude each other',
  });

const credentialConfig = z.object({
  Enable: z.boolean().optional(),
  AliyunEnvRoleKey: z.string().optional(),
  Configs: z
    .array(
      z.object({
        Key: text,
        Type: z.enum(['Role', 'RoleChain']),
        Roles: z
          .array(z.object({ RoleArn: z.string().default(''), RoleType: z.string().default('') }))
          .optional(),
      }),
    )
    .optional(),
});

const instanceName = text
  .max(27, 'must not be longer than 27 characters')
  .regex(/^[A-Za-z0-9_]+$/, 'can contain only letters, digits, and underscores (_)');

const fields = z.object({
  InstanceName: instanceName,
  WorkspaceId: text,
  Accessibility: z.enum(['PUBLIC', 'PRIVATE']).default('PRIVATE'),
  EcsSpec: text.optional(),
  ResourceId: text.optional(),
  RequestedResource: z
    .object({
      CPU: amount.optional(),
      Memory: amount.optional(),
      GPU: amount.optional(),
      GPUType: z.string().optional(),
      SharedMemory: amount.optional(),
    })
    .optional(),
  ImageId: text.optional(),
  ImageUrl: text.optional(),
  Priority: z.number().int().min(1).max(9).optional(),
  Driver: z.string().optional(),
  WorkspaceSource: z.string().optional(),
  EnvironmentVariables: z.record(z.string(), z.string()).default({}),
  Datasets: z.array(dataset).default([]),
  Labels: z.array(keyValue).default([]),
  Tag: z.array(keyValue).default([]),
  CredentialConfig: credentialConfig.optional(),
  UserCommand: z
    .object({ OnStart: z.object({ Content: z.string().optional() }).optional() })
    .optional(),
});

type Fields = z.infer<typeof fields>;

/** Reads the body of CreateInstance. Fields that aren't known are ignored, as on the real product. */
export function readCreateRequest(body: unknown): InstanceSpec {
  return specOf(parse(body));
}

/** Reads the body of UpdateInstance over what the instance has. */
export function readUpdateRequest(options: {
  readonly body: unknown;
  readonly current: InstanceSpec;
}): InstanceSpec {
  const change = isObject(options.body) ? options.body : {};
  const { Tags, startCommand, ...current } = options.current;
  const merged: Record<string, unknown> = {
    ...current,
    Tag: Tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue })),
    UserCommand: { OnStart: { Content: startCommand } },
    ...withoutUndefined(change),
  };
  for (const [flag, field] of DISASSOCIATE) if (change[flag] === true) delete merged[field];
  return specOf(parse(merged));
}

const DISASSOCIATE = [
  ['DisassociateDatasets', 'Datasets'],
  ['DisassociateCredential', 'CredentialConfig'],
  ['DisassociateEnvironmentVariables', 'EnvironmentVariables'],
  ['DisassociateUserCommand', 'UserCommand'],
  ['DisassociateDriver', 'Driver'],
] as const;

function specOf(request: Fields): InstanceSpec {
  const { Tag, UserCommand, ...rest } = request;
  if (!rest.EcsSpec && !(rest.ResourceId && rest.RequestedResource)) {
    throw validationError('Either EcsSpec, or ResourceId and RequestedResource, is required.');
  }
  if (rest.EcsSpec && !resourceLimits(rest)) {
    throw validationError(`EcsSpec ${rest.EcsSpec} is not supported.`);
  }
  if (!rest.ImageId && !rest.ImageUrl) throw validationError('ImageId or ImageUrl is required.');
  checkRole(rest.CredentialConfig);
  for (const { Uri, DatasetId } of rest.Datasets) {
    if (DatasetId) throw validationError(`Dataset ${DatasetId} does not exist.`);
    if (Uri && !parseOssUri(Uri)) {
      throw validationError(
        `Datasets.Uri ${Uri} is not supported: only oss:// can be mounted here.`,
      );
    }
  }
  return {
    ...rest,
    Tags: Tag.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
    startCommand: UserCommand?.OnStart?.Content,
  };
}

function checkRole(config: Fields['CredentialConfig']): void {
  const { Enable, AliyunEnvRoleKey: key, Configs = [] } = config ?? {};
  if (!Enable || key === undefined || Configs.length === 0) return;
  if (Configs.some(({ Key }) => Key === key)) return;
  throw validationError(`CredentialConfig.AliyunEnvRoleKey ${key} is the Key of none of Configs.`);
}

function parse(body: unknown): Fields {
  const result = fields.safeParse(body ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue.path.length > 0 ? issue.path.join('.') : 'body';
  if (issue.message.endsWith('received undefined')) throw validationError(`${at} is required.`);
  throw validationError(`${at} is invalid: ${issue.message}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
