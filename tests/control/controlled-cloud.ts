import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { CloudMonitor } from '../../alibaba/cms/cloud-monitor';
import type { CloudCredentials } from '../../alibaba/credentials';
import { Dsw } from '../../alibaba/dsw/dsw';
import { Eas } from '../../alibaba/eas/eas';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import type { ArmedFault, faultSchema } from '../../emulator/control/faults';
import type { LoggedRequest } from '../../emulator/control/request-log';
import { type LocalCloud, startLocalCloud } from '../../emulator/local-cloud';

/** Our clients of a whole local cloud, each with the least of pauses between its tries. */
export function clientsOf(cloud: LocalCloud, keys: CloudCredentials = cloud) {
  const { region } = cloud;
  const credentials = { get: async () => keys };
  const pai = { endpoint: cloud.pai.endpoint, region, credentials, pauseMs: 10 };
  return {
    objects: new ObjectStore({ ...cloud.oss, region, credentials, pauseMs: 10 }),
    maxcompute: new MaxCompute({ ...cloud.maxcompute, region, credentials }),
    registry: new ModelRegistry(pai),
    dsw: new Dsw(pai),
    eas: new Eas(pai),
    cms: new CloudMonitor(pai),
  };
}

/** A local cloud with a control port, in a temporary folder. */
export interface ControlledCloud extends ReturnType<typeof clientsOf> {
  readonly cloud: LocalCloud;
  /** The URL of the control port. */
  readonly url: string;
  /** Asks for faults and gives them as they are in force. */
  fault(...faults: readonly z.input<typeof faultSchema>[]): Promise<readonly ArmedFault[]>;
  faults(): Promise<readonly ArmedFault[]>;
  requests(query?: Readonly<Record<string, string>>): Promise<readonly LoggedRequest[]>;
  /** Ends all faults and empties the log. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startControlledCloud(): Promise<ControlledCloud> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'controlled-cloud-'));
  const cloud = await startLocalCloud({
    folder,
    ports: { maxcompute: 0, oss: 0, pai: 0, eas: 0 },
    project: 'demo',
    bucket: 'demo-bucket',
    region: 'cn-hangzhou',
    control: true,
  });
  const url = cloud.control?.url ?? '';
  const json = async (resource: string, init?: RequestInit) => {
    const answer = await fetch(`${url}/${resource}`, init);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };
  return {
    cloud,
    url,
    ...clientsOf(cloud),
    fault: async (...faults) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(faults);
      const answer = await json('faults', { method: 'POST', headers, body });
      return answer['faults'] as readonly ArmedFault[];
    },
    faults: async () => (await json('faults'))['faults'] as readonly ArmedFault[],
    requests: async (query = {}) =>
      (await json(`requests?${new URLSearchParams(query)}`))[
        'requests'
      ] as readonly LoggedRequest[],
    calm: async () => {
      await json('faults', { method: 'DELETE' });
      await json('requests', { method: 'DELETE' });
    },
    close: async () => {
      await cloud.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
