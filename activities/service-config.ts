/** The service.json of a version: a custom container that runs our serving program. */
import type { ServiceConfig } from '../alibaba/eas/types';
import type { Pipeline } from '../config/pipeline';
import type { Settings } from '../config/settings';
import { foregroundCommand } from './program-command';
import type { CodeVersion } from './sync-code';
import type { VersionService } from './version-service';

const mounts = {
  serving: '/mnt/pai-loop/serving',
  runtime: '/mnt/pai-loop/runtime',
  model: '/mnt/pai-loop/model',
} as const;

const port = 8000;

/** The JSON that CreateService takes; keys as in EAS' documentation. No credential is in it. */
export function serviceConfig(input: {
  readonly names: VersionService;
  readonly pai: Settings['pai'];
  readonly deploy: Pipeline['deploy'];
  readonly code: CodeVersion;
  readonly uris: { readonly serving: string; readonly runtime: string; readonly model: string };
}): ServiceConfig {
  const { names, pai, deploy, code, uris } = input;
  const script = foregroundCommand({
    bundle: `${mounts.serving}/serving.js`,
    node: `${mounts.runtime}/node`,
    sha256: { bundle: code.serving.sha256, node: code.runtime.sha256 },
    arguments: ['--model', `${mounts.model}/model.json`],
  });
  return {
    name: names.name,
    metadata: {
      name: names.name,
      group: names.group,
      instance: deploy.instances,
      cpu: deploy.cpu,
      memory: deploy.memoryMb,
    },
    cloud: { computing: { instance_type: pai.easInstanceType } },
    containers: [
      {
        image: pai.easImage,
        script,
        port,
        health_check: { http_get: { path: '/health', port }, period_seconds: 3 },
      },
    ],
    storage: [
      { mount_path: mounts.serving, oss: { path: uris.serving, readOnly: true } },
      { mount_path: mounts.runtime, oss: { path: uris.runtime, readOnly: true } },
      { mount_path: mounts.model, oss: { path: uris.model, readOnly: true } },
    ],
  };
}
