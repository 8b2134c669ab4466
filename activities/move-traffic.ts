/** Traffic: a version answers its own endpoint first, then the group's, and only then the old one leaves. */
import { heartbeat, sleep } from '@temporalio/activity';
import type { Service } from '../alibaba/eas/types';
import { serviceLabels } from '../policy/cloud-labels';
import { type ActivityDeps, pipelineOf, type RunRef } from './context';
import { failure } from './failure';
import { callPredict, sampleOf } from './predict-call';
import { type VersionService, versionService } from './version-service';

/** Weight of the version that serves alone. */
const fullWeight = 100;
/** Consecutive answers of the new version that prove the switch. */
const proof = 5;
const pollMs = 200;

/** What serves after the traffic was moved. */
export interface Traffic {
  readonly service: VersionService;
  /** Version that served before; absent for the first. */
  readonly previousVersion?: string;
}

/**
 * Asks the version's own endpoint for the prediction that training recorded and compares to the last
 * bit; gives the traffic to nobody.
 */
export function createVerifyService(deps: ActivityDeps) {
  return async (run: RunRef): Promise<{ readonly prediction: number }> => {
    const names = versionService(deps, run);
    const service = await deps.eas.describeService({ ServiceName: names.name });
    const sample = await sampleOf(deps, run);
    const answer = await callPredict({
      url: service.InternetEndpoint ?? '',
      token: service.AccessToken ?? '',
      request: sample.request,
    });
    const { predicted_weekly_sales: prediction, model_version: version } = answer;
    if (version !== run.modelVersion || prediction !== sample.prediction) {
      throw failure(
        'PredictionMismatch',
        `${names.name} answered ${prediction} as ${version}; training recorded ${sample.prediction} as ${run.modelVersion}`,
      );
    }
    return { prediction };
  };
}

/** Gives the group's traffic to the version; safe to repeat at any point. */
export function createMoveTraffic(deps: ActivityDeps) {
  return async (run: RunRef): Promise<Traffic> => {
    const names = versionService(deps, run);
    const others = (await groupServices(deps, names.group)).filter(
      ({ ServiceName }) => ServiceName !== names.name,
    );
    const previousVersion = versionOf(others.find(({ Weight }) => (Weight ?? 0) > 0));
    await deps.eas.updateGroup({ GroupName: names.group, TrafficMode: 'customized' });
    await deps.eas.releaseService({
      ServiceName: names.name,
      Weight: fullWeight,
      TrafficState: 'grouping',
    });
    await untilGroupAnswers({ deps, run, group: names.group, times: 1 });
    for (const { ServiceName, Weight } of others) {
      if (Weight !== 0) {
        await deps.eas.releaseService({ ServiceName, Weight: 0, TrafficState: 'grouping' });
      }
    }
    await untilGroupAnswers({ deps, run, group: names.group, times: proof });
    return { service: names, previousVersion };
  };
}

/** Every service of a group. */
export async function groupServices(
  deps: Pick<ActivityDeps, 'eas'>,
  GroupName: string,
): Promise<readonly Service[]> {
  const found: Service[] = [];
  for await (const service of deps.eas.allServices({ GroupName })) {
    if (service.ServiceGroup === GroupName) found.push(service);
  }
  return found;
}

/** Model version that a service's label names. */
export function versionOf(service: Service | undefined): string | undefined {
  return service?.Labels?.find(({ LabelKey }) => LabelKey === serviceLabels.version)?.LabelValue;
}

async function untilGroupAnswers(input: {
  readonly deps: ActivityDeps;
  readonly run: RunRef;
  readonly group: string;
  readonly times: number;
}): Promise<void> {
  const { deps, run, group, times } = input;
  const { readinessTimeoutSeconds } = pipelineOf(deps, run.pipeline).deploy;
  const deadline = Date.now() + readinessTimeoutSeconds * 1000;
  const endpoint = await deps.eas.describeGroup({ GroupName: group });
  const { request } = await sampleOf(deps, run);
  let inARow = 0;
  let last = 'no answer';
  while (inARow < times) {
    if (Date.now() > deadline) {
      throw failure(
        'ServiceFailed',
        `group ${group} does not answer as ${run.modelVersion}: ${last}`,
      );
    }
    heartbeat({ group, inARow });
    const answer = await callPredict({
      url: endpoint.InternetEndpoint ?? '',
      token: endpoint.AccessToken ?? '',
      request,
    }).catch((error: unknown) => String(error));
    last = typeof answer === 'string' ? answer : answer.model_version;
    inARow = last === run.modelVersion ? inARow + 1 : 0;
    if (last !== run.modelVersion) await sleep(pollMs);
  }
}
