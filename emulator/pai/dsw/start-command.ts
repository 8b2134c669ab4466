import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type StartedProcess, startShell } from '../../process/child-process';
import { instanceEnvironment } from '../../process/instance-environment';
import {
  localMountPath,
  type Mount,
  materialiseMounts,
  type ObjectFiles,
  rewriteMountPaths,
} from '../mounts';
import type { RoleCredentials } from '../role-credentials';
import type { InstanceRecord } from './instance-record';

/** The working directory that every DSW instance has. */
const WORKSPACE = { mountPath: '/mnt/workspace' };
const DEFAULT_ROLE = 'AliyunPAIDSWDefaultRole';

/** What the start command and everything below it prints. */
export function startCommandLog(folder: string): string {
  return path.join(folder, 'start-command.log');
}

/** Makes the instance's folders and brings its data sets in; names the objects that can't be files. */
export async function prepareInstance(options: {
  readonly record: InstanceRecord;
  readonly folder: string;
  readonly files: ObjectFiles;
}): Promise<string[]> {
  const { record, folder, files } = options;
  for (const name of ['home', 'tmp']) {
    await mkdir(path.join(folder, name), { recursive: true, mode: 0o700 });
  }
  const mounts = mountsOf(record);
  // A start shows the objects as they are now, also after a stop.
  for (const mount of mounts) {
    await rm(localMountPath({ folder, ...mount }), { recursive: true, force: true });
  }
  const skipped = await materialiseMounts({ folder, mounts, files });
  await mkdir(localMountPath({ folder, ...WORKSPACE }), { recursive: true });
  return skipped;
}

/** Runs the instance's start command; undefined when it has none. */
export async function runStartCommand(options: {
  readonly record: InstanceRecord;
  readonly folder: string;
  readonly roles: RoleCredentials;
}): Promise<StartedProcess | undefined> {
  const { record, folder, roles } = options;
  const command = record.spec.startCommand;
  if (!command) return undefined;
  const mounts = [...mountsOf(record), WORKSPACE];
  const rewrite = (text: string): string => rewriteMountPaths({ text, folder, mounts });
  const variables = Object.fromEntries(
    Object.entries(record.spec.EnvironmentVariables).map(([name, value]) => [name, rewrite(value)]),
  );
  return startShell({
    script: rewrite(command),
    folder: localMountPath({ folder, ...WORKSPACE }),
    environment: instanceEnvironment({
      folder,
      variables: { ...variables, ...credentialVariables({ record, roles }) },
    }),
    marker: record.marker,
    logFile: startCommandLog(folder),
  });
}

/** Lets the instance's processes have credentials of its role, when its configuration says so. */
export function credentialVariables(options: {
  readonly record: InstanceRecord;
  readonly roles: RoleCredentials;
}): Record<string, string> {
  const { record, roles } = options;
  const config = record.spec.CredentialConfig;
  if (!config?.Enable) return {};
  const chosen = config.Configs?.find(({ Key }) => Key === config.AliyunEnvRoleKey);
  const arn = (chosen ?? config.Configs?.[0])?.Roles?.at(-1)?.RoleArn;
  const role = arn?.split('/').pop() || DEFAULT_ROLE;
  return { ALIBABA_CLOUD_CREDENTIALS_URI: roles.grant({ key: record.credentialsKey, role }) };
}

function mountsOf(record: InstanceRecord): Mount[] {
  return record.spec.Datasets.flatMap(({ Uri, MountPath }) =>
    Uri ? [{ uri: Uri, mountPath: MountPath }] : [],
  );
}
