import { z } from 'zod';
import { invalidParameter, missingParameter } from '../api-error';
import { isMountPath, parseOssUri } from '../mounts';
import type { JobRequest } from './job-record';
import { podLimits } from './pod-limits';

const text = z.string().min(1);
const amount = z.string().regex(/^\d+(\.\d+)?$/, 'must be a number, as a string');
const memory = z.string().regex(/^\d+(\.\d+)?([KMGT]i?)?B?$/, 'must be an amount such as 4Gi');
const mountPath = text.refine(isMountPath, 'must be an absolute path other than /');

/** Kinds of jobs that can run as plain processes, and the kinds of pods that each may have. */
const POD_TYPES: Readonly<Record<string, readonly string[]>> = {
  TFJob: ['Chief', 'Master', 'PS', 'Worker', 'Evaluator', 'GraphLearn'],
  PyTorchJob: ['Master', 'Worker'],
  XGBoostJob: ['Master', 'Worker'],
  OneFlowJob: ['Master', 'Worker'],
  ElasticBatchJob: ['Master', 'Worker'],
};
/** Kinds that need a scheduler of their own inside the pods' image. */
const NOT_HERE = ['MPIJob', 'SlurmJob', 'RayJob', 'DataJuicerJob'];
/** The local cloud's own limit: every pod is processes of this machine. */
const MAX_PODS = 64;
const MAX_PRIORITY = 9;

const jobSpec = z.object({
  Type: text,
  Image: text,
  PodCount: z.number().int().min(1).default(1),
  EcsSpec: text.optional(),
  ResourceConfig: z
    .object({
      CPU: amount.optional(),
      Memory: memory.optional(),
      GPU: amount.optional(),
      GPUType: z.string().optional(),
      SharedMemory: memory.optional(),
    })
    .optional(),
  RestartPolicy: z.enum(['Always', 'Never', 'OnFailure', 'ExitCode']).default('Never'),
  UserCommand: z.string().optional(),
  IsChief: z.boolean().optional(),
  AutoScalingSpec: z.unknown().optional(),
  StartupDependencies: z.array(z.unknown()).optional(),
  ExtraPodSpec: z.record(z.string(), z.unknown()).optional(),
});

const dataSource = z.object({
  DataSourceId: text.optional(),
  DataSourceVersion: text.optional(),
  Uri: text.optional(),
  MountPath: mountPath.optional(),
  MountAccess: z.enum(['RO', 'RW']).optional(),
  Options: z.string().optional(),
});

const credentialConfig = z.object({
  EnableCredentialInject: z.boolean().optional(),
  AliyunEnvRoleKey: z.string().optional(),
  CredentialConfigItems: z
    .array(
      z.object({
        Key: text,
        Type: text,
        Roles: z
          .array(z.object({ RoleArn: z.string().optional(), RoleType: z.string().optional() }))
          .optional(),
      }),
    )
    .optional(),
});

const fields = z.object({
  DisplayName: text
    .max(256, 'must not be longer than 256 characters')
    .regex(/^[A-Za-z0-9_.-]+$/, 'can contain only letters, digits, underscores, periods, hyphens'),
  Description: z.string().optional(),
  JobType: text,
  WorkspaceId: text.optional(),
  Accessibility: z.enum(['PUBLIC', 'PRIVATE']).default('PRIVATE'),
  UserCommand: text,
  JobSpecs: z.array(jobSpec).min(1),
  Envs: z.record(z.string(), z.string()).default({}),
  DataSources: z.array(dataSource).default([]),
  CodeSource: z
    .object({
      CodeSourceId: text.optional(),
      Branch: z.string().optional(),
      Commit: z.string().optional(),
      MountPath: mountPath.optional(),
    })
    .optional(),
  CredentialConfig: credentialConfig.optional(),
  JobMaxRunningTimeMinutes: z.number().int().min(1).optional(),
  Priority: z.number().int().min(1).max(MAX_PRIORITY).default(1),
  ResourceId: text.optional(),
  SuccessPolicy: z.enum(['ChiefWorker', 'AllWorkers', '']).optional(),
  Settings: z.record(z.string(), z.unknown()).default({}),
  ThirdpartyLibs: z.array(z.string()).optional(),
  ThirdpartyLibDir: z.string().optional(),
  TemplateId: z.string().optional(),
});

type Fields = z.infer<typeof fields>;

/** Reads the body of CreateJob. Fields that aren't known are ignored, as on the real product. */
export function readCreateRequest(options: {
  readonly body: unknown;
  readonly defaultWorkspace: string;
}): JobRequest {
  const request = parse(options.body);
  checkType(request);
  request.JobSpecs.forEach(checkSpec);
  if (request.JobSpecs.reduce((sum, { PodCount }) => sum + PodCount, 0) > MAX_PODS) {
    throw invalidParameter('JobSpecs', `the local cloud runs ${MAX_PODS} pods of a job at most`);
  }
  checkAbsent(request);
  request.DataSources.forEach(checkDataSource);
  checkRole(request.CredentialConfig);
  const { CodeSource, SuccessPolicy, ThirdpartyLibs: _libs, TemplateId: _id, ...rest } = request;
  return {
    ...rest,
    WorkspaceId: rest.WorkspaceId ?? options.defaultWorkspace,
    JobSpecs: rest.JobSpecs.map(withoutUnused),
    CodeSource: CodeSource?.CodeSourceId
      ? { ...CodeSource, CodeSourceId: CodeSource.CodeSourceId }
      : undefined,
    SuccessPolicy: SuccessPolicy || undefined,
  };
}

/** Reads the body of UpdateJob over what the job has: a priority, a wider visibility, a description. */
export function readUpdateRequest(body: unknown, current: JobRequest): JobRequest {
  const changes = updateFields.safeParse(body ?? {});
  if (!changes.success) throw refusal(changes.error.issues[0]);
  const { Accessibility, Description, Priority } = changes.data;
  if (Accessibility === 'PRIVATE' && current.Accessibility === 'PUBLIC') {
    throw invalidParameter('Accessibility', 'it can only be expanded, not reduced');
  }
  return {
    ...current,
    Accessibility: Accessibility ?? current.Accessibility,
    Description: Description ?? current.Description,
    Priority: Priority ?? current.Priority,
  };
}

const updateFields = z.object({
  Accessibility: z.enum(['PUBLIC', 'PRIVATE']).optional(),
  Description: z.string().optional(),
  Priority: z.number().int().min(1).max(MAX_PRIORITY).optional(),
  JobSpecs: z.undefined('a job that was created keeps its pods on the local cloud').optional(),
  UserCommand: z
    .undefined('a job that was created keeps its command on the local cloud')
    .optional(),
});

function checkType({ JobType, JobSpecs, SuccessPolicy }: Fields): void {
  if (NOT_HERE.includes(JobType)) {
    throw invalidParameter('JobType', `${JobType} is not supported by the local cloud`);
  }
  const types = POD_TYPES[JobType];
  if (!types) {
    throw invalidParameter('JobType', `must be one of ${Object.keys(POD_TYPES).join(', ')}`);
  }
  const seen = new Set<string>();
  for (const { Type } of JobSpecs) {
    if (!types.includes(Type)) {
      throw invalidParameter('JobSpecs.Type', `${JobType} has ${types.join(', ')}, not ${Type}`);
    }
    if (seen.has(Type)) throw invalidParameter('JobSpecs.Type', `${Type} appears twice`);
    seen.add(Type);
  }
  if (SuccessPolicy && JobType !== 'TFJob') {
    throw invalidParameter('SuccessPolicy', 'only a TFJob can have one');
  }
}

function checkSpec(spec: Fields['JobSpecs'][number]): void {
  if (!spec.EcsSpec && !spec.ResourceConfig) throw missingParameter('JobSpecs.EcsSpec');
  if (spec.EcsSpec && !podLimits(spec)) {
    throw invalidParameter('JobSpecs.EcsSpec', `${spec.EcsSpec} is not supported`);
  }
  if (Number(spec.ResourceConfig?.GPU ?? 0) > 0) {
    throw invalidParameter('JobSpecs.ResourceConfig.GPU', 'the local cloud has no GPUs');
  }
  if (spec.Type === 'Master' && spec.PodCount > 1) {
    throw invalidParameter('JobSpecs.PodCount', 'there is one Master only');
  }
  const names = ['AutoScalingSpec', 'StartupDependencies', 'ExtraPodSpec'] as const;
  for (const name of names) {
    const value = spec[name];
    const isEmpty = value === undefined || value === null || Object.keys(value).length === 0;
    if (!isEmpty) {
      throw invalidParameter(`JobSpecs.${name}`, 'it is not supported by the local cloud');
    }
  }
}

/** What would be left out silently is refused by name. */
function checkAbsent(request: Fields): void {
  const refused: readonly [string, boolean][] = [
    ['ThirdpartyLibs', (request.ThirdpartyLibs ?? []).length > 0],
    ['ThirdpartyLibDir', Boolean(request.ThirdpartyLibDir)],
    ['TemplateId', Boolean(request.TemplateId)],
    ['Settings.JobReservedMinutes', Number(request.Settings['JobReservedMinutes'] ?? 0) > 0],
  ];
  for (const [name, isThere] of refused) {
    if (isThere) throw invalidParameter(name, 'it is not supported by the local cloud');
  }
}

function checkDataSource({ DataSourceId, Uri, MountPath }: Fields['DataSources'][number]): void {
  if ((DataSourceId === undefined) === (Uri === undefined)) {
    throw invalidParameter('DataSources', 'exactly one of DataSourceId and Uri is required');
  }
  if (Uri === undefined) return;
  if (!parseOssUri(Uri)) {
    throw invalidParameter('DataSources.Uri', `${Uri}: only oss:// can be mounted here`);
  }
  if (MountPath === undefined) throw missingParameter('DataSources.MountPath');
}

function checkRole(config: Fields['CredentialConfig']): void {
  const { EnableCredentialInject, AliyunEnvRoleKey: key, CredentialConfigItems } = config ?? {};
  if (!EnableCredentialInject || !key || !CredentialConfigItems?.length) return;
  if (CredentialConfigItems.some(({ Key }) => Key === key)) return;
  throw invalidParameter('CredentialConfig.AliyunEnvRoleKey', `no item has the Key ${key}`);
}

function withoutUnused(spec: Fields['JobSpecs'][number]): JobRequest['JobSpecs'][number] {
  const { AutoScalingSpec: _a, StartupDependencies: _s, ExtraPodSpec: _e, ...rest } = spec;
  return rest;
}

function parse(body: unknown): Fields {
  const result = fields.safeParse(body ?? {});
  if (result.success) return result.data;
  throw refusal(result.error.issues[0]);
}

function refusal(issue: z.core.$ZodIssue): Error {
  const at = issue.path.join('.') || 'body';
  if (issue.message.endsWith('received undefined')) return missingParameter(at);
  return invalidParameter(at, issue.message);
}
