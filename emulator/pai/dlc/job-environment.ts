import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  isMountPath,
  localMountPath,
  type Mount,
  materialiseMounts,
  type ObjectFiles,
} from '../mounts';
import type { RoleCredentials } from '../role-credentials';
import type { JobRecord } from './job-record';

const DEFAULT_ROLE = 'AliyunPAIDLCDefaultRole';
const DEFAULT_CODE_PATH = '/root/code/';
const CLONE_MS = 300_000;
const COMMIT_ID = /^[0-9A-Fa-f]{4,64}$/;

/** A data set's place, as the workspace knows it. */
export interface KnownDataset {
  readonly Uri: string;
  /** From the data set's options. */
  readonly mountPath?: string;
}

/** A code source, as the workspace knows it. */
export interface KnownCodeSource {
  readonly CodeRepo: string;
  readonly CodeBranch?: string;
  readonly CodeCommit?: string;
  readonly CodeRepoUserName?: string;
  readonly CodeRepoAccessToken?: string;
  readonly MountPath?: string;
}

/** What a job may refer to by id; undefined when it doesn't exist. */
export interface WorkspaceAssets {
  dataset(id: string, version?: string): KnownDataset | undefined;
  codeSource(id: string): KnownCodeSource | undefined;
}

/** A mount, or where the code goes. */
export interface JobMounts {
  readonly mounts: readonly Mount[];
  readonly code?: { readonly mountPath: string; readonly source: KnownCodeSource };
}

/** Looks up what a job mounts. Throws an error with the parameter's name when something isn't there. */
export function jobMounts(record: JobRecord, assets: WorkspaceAssets): JobMounts {
  const { DataSources, CodeSource } = record.request;
  const mounts = DataSources.map((source): Mount => {
    const { DataSourceId, DataSourceVersion, Uri, MountPath } = source;
    if (DataSourceId === undefined) return { uri: Uri as string, mountPath: MountPath as string };
    const known = assets.dataset(DataSourceId, DataSourceVersion);
    if (!known) throw new Error(`Data source ${DataSourceId} does not exist.`);
    const mountPath = MountPath ?? known.mountPath;
    if (!mountPath || !isMountPath(mountPath)) {
      throw new Error(`Data source ${DataSourceId} has no mount path.`);
    }
    return { uri: known.Uri, mountPath };
  });
  if (!CodeSource) return { mounts };
  const source = assets.codeSource(CodeSource.CodeSourceId);
  if (!source) throw new Error(`Code source ${CodeSource.CodeSourceId} does not exist.`);
  const mountPath = CodeSource.MountPath ?? source.MountPath ?? DEFAULT_CODE_PATH;
  return { mounts, code: { mountPath, source } };
}

/** Brings data and code into the job's folder, which all pods see; names objects that can't be files. */
export async function prepareJob(options: {
  readonly record: JobRecord;
  readonly folder: string;
  readonly found: JobMounts;
  readonly files: ObjectFiles;
}): Promise<string[]> {
  const { record, folder, found, files } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const skipped = await materialiseMounts({ folder, mounts: found.mounts, files });
  if (found.code) {
    const { source, mountPath } = found.code;
    const { Branch, Commit } = record.request.CodeSource ?? {};
    await cloneCode({
      source,
      into: localMountPath({ folder, mountPath }),
      branch: Branch ?? source.CodeBranch,
      commit: Commit ?? source.CodeCommit,
    });
  }
  return skipped;
}

/** Lets the job's processes have credentials of its role, when its configuration says so. */
export function jobCredentials(options: {
  readonly record: JobRecord;
  readonly roles: RoleCredentials;
}): Record<string, string> {
  const { record, roles } = options;
  const config = record.request.CredentialConfig;
  if (!config?.EnableCredentialInject) return {};
  const items = config.CredentialConfigItems ?? [];
  const chosen = items.find(({ Key }) => Key === config.AliyunEnvRoleKey) ?? items[0];
  const role = chosen?.Roles?.at(-1)?.RoleArn?.split('/').pop() || DEFAULT_ROLE;
  return { ALIBABA_CLOUD_CREDENTIALS_URI: roles.grant({ key: record.credentialsKey, role }) };
}

/** A commit goes before a branch. The token travels in git's environment, never in an argument. */
async function cloneCode(options: {
  readonly source: KnownCodeSource;
  readonly into: string;
  readonly branch?: string;
  readonly commit?: string;
}): Promise<void> {
  const { source, into, branch, commit } = options;
  if (commit && !COMMIT_ID.test(commit)) throw new Error(`${commit} is not the id of a commit.`);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const git = async (...args: string[]): Promise<void> => {
    const env = gitEnvironment(source);
    await promisify(execFile)('git', args, { env, timeout: CLONE_MS, cwd: into });
  };
  try {
    const wanted = branch && !commit ? [`--branch=${branch}`] : [];
    await git('clone', '--quiet', ...wanted, '--', source.CodeRepo, '.');
    if (commit) await git('checkout', '--quiet', '--detach', commit);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new Error(`The code of ${source.CodeRepo} can't be cloned: ${said || String(error)}`);
  }
}

function gitEnvironment(source: KnownCodeSource): NodeJS.ProcessEnv {
  const { CodeRepoUserName: user, CodeRepoAccessToken: token } = source;
  const header = Buffer.from(`${user ?? 'oauth2'}:${token}`).toString('base64');
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file',
    GIT_CONFIG_NOSYSTEM: '1',
    ...(token && {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${header}`,
    }),
  };
}
