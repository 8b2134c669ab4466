import type { StartedProcess } from '../../process/child-process';
import { rewriteMountPaths } from '../mounts';
import type { RoleCredentials } from '../role-credentials';
import { jobCredentials, jobMounts, type WorkspaceAssets } from './job-environment';
import type { JobRecord, PodRecord } from './job-record';
import { podVariables } from './pod-environment';
import { podFolders, startPod } from './pod-process';

/** Starts the command of a pod's present life: mount paths made local, variables of job and pod set. */
export function runPod(options: {
  readonly record: JobRecord;
  readonly pod: PodRecord;
  readonly folder: string;
  readonly region: string;
  readonly accountId: string;
  readonly roles: RoleCredentials;
  readonly assets: WorkspaceAssets;
}): Promise<StartedProcess> {
  const { record, pod, folder, roles, assets } = options;
  const { request } = record;
  const { mounts, code } = jobMounts(record, assets);
  const paths = [...mounts, ...(code ? [{ mountPath: code.mountPath }] : [])];
  const rewrite = (text: string): string => rewriteMountPaths({ text, folder, mounts: paths });
  const envs = Object.entries(request.Envs).map(([name, value]) => [name, rewrite(value)]);
  return startPod({
    folders: podFolders({ jobFolder: folder, podId: pod.PodId, podUid: pod.life.PodUid }),
    command: rewrite(request.JobSpecs[pod.spec].UserCommand || request.UserCommand),
    variables: {
      ...Object.fromEntries(envs),
      ...podVariables(options),
      ...jobCredentials({ record, roles }),
    },
    marker: podMarker(record, pod.PodId),
  });
}

/** Marks the processes of one pod; below the job's own mark. */
export function podMarker(record: JobRecord, podId: string): string {
  return `${record.marker}/${podId}`;
}
