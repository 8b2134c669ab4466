/** The cloud clients of one environment, made from its settings. */
import type { Client } from '@temporalio/client';
import type { ActivityDeps } from '../activities/context';
import { CloudMonitor } from '../alibaba/cms/cloud-monitor';
import { createCredentials } from '../alibaba/credentials-chain';
import { Dsw } from '../alibaba/dsw/dsw';
import { Eas } from '../alibaba/eas/eas';
import { MaxCompute } from '../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../alibaba/oss/object-store';
import { ModelRegistry } from '../alibaba/registry/model-registry';
import type { Settings } from '../config/settings';

/** Every client of Alibaba Cloud that the loop uses. */
export type CloudClients = Pick<
  ActivityDeps,
  'maxcompute' | 'objects' | 'dsw' | 'eas' | 'registry' | 'monitor'
>;

/** Clients that differ between the local cloud and the real one by endpoint and credentials alone. */
export function cloudClients(settings: Settings): CloudClients {
  const { region, pai } = settings;
  const credentials = createCredentials(settings.credentials);
  const openApi = { protocol: pai.protocol, region, credentials };
  return {
    maxcompute: new MaxCompute({ ...settings.maxcompute, region, credentials }),
    objects: new ObjectStore({
      endpoint: settings.oss.endpoint,
      bucket: settings.oss.bucket,
      region,
      credentials,
    }),
    dsw: new Dsw({ ...openApi, endpoint: pai.endpoints.dsw }),
    eas: new Eas({ ...openApi, endpoint: pai.endpoints.eas }),
    registry: new ModelRegistry({ ...openApi, endpoint: pai.endpoints.aiworkspace }),
    monitor: new CloudMonitor({ ...openApi, endpoint: pai.endpoints.cms }),
  };
}

/** What the activities of a worker act with. */
export function activityDeps(input: {
  readonly settings: Settings;
  readonly pipelines: ActivityDeps['pipelines'];
  readonly temporal: Client;
  readonly root: string;
}): ActivityDeps {
  return { ...input, ...cloudClients(input.settings) };
}
