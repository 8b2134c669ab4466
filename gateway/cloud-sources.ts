import { CloudError } from '../alibaba/cloud-error';
import type { Group, Service } from '../alibaba/eas/types';
import type { ModelVersion, RegisteredModel } from '../alibaba/registry/types';
import { serviceLabels, versionLabels } from '../policy/cloud-labels';
import type { ServiceLine, ServingStatus, VersionLine } from './status';

/** What the gateway asks of EAS; `Eas` has it. */
export interface ServingSource {
  describeGroup(request: {
    readonly GroupName: string;
    readonly signal?: AbortSignal;
  }): Promise<Group>;
  allServices(request: {
    readonly GroupName: string;
    readonly signal?: AbortSignal;
  }): AsyncIterable<Service>;
}

/** What the gateway asks of the Model Registry; `ModelRegistry` has it. */
export interface RegistrySource {
  findModel(request: {
    readonly ModelName: string;
    readonly WorkspaceId?: string;
    readonly signal?: AbortSignal;
  }): Promise<RegisteredModel | undefined>;
  listModelVersions(request: {
    readonly ModelId: string;
    readonly SortBy?: 'GmtCreateTime';
    readonly Order?: 'ASC' | 'DESC';
    readonly PageSize?: number;
    readonly signal?: AbortSignal;
  }): Promise<{ readonly Versions: readonly ModelVersion[] }>;
}

/** How many versions the page shows. */
const VERSIONS = 10;

/** What serves now, and the token that clients of the group send (kept apart: it is not shown to everyone). */
export interface Serving {
  readonly status: ServingStatus;
  readonly token?: string;
}

/** Looks at the group: its services with their share of the traffic, most traffic first. */
export async function servingOf(input: {
  readonly eas: ServingSource;
  readonly group: string;
  readonly signal: AbortSignal;
}): Promise<Serving> {
  const { eas, group, signal } = input;
  const found = await unlessAbsent(eas.describeGroup({ GroupName: group, signal }));
  if (found === undefined) return { status: { group, exists: false, services: [] } };
  const services: Service[] = [];
  for await (const service of eas.allServices({ GroupName: group, signal })) {
    if (service.ServiceGroup === group) services.push(service);
  }
  const total = services.reduce((sum, service) => sum + weightOf(service), 0);
  const lines = services.map((service) => serviceLine(service, total));
  lines.sort((a, b) => b.weight - a.weight || b.name.localeCompare(a.name));
  const status = { group, exists: true, url: found.InternetEndpoint, services: lines };
  return { status, token: found.AccessToken };
}

/** A service that is taken out of its group (`standalone`) gets none of its traffic. */
function weightOf(service: Service): number {
  return service.TrafficState === 'standalone' ? 0 : Math.max(0, service.Weight ?? 0);
}

function serviceLine(service: Service, total: number): ServiceLine {
  const weight = weightOf(service);
  return {
    name: service.ServiceName,
    modelVersion: service.Labels?.find(({ LabelKey }) => LabelKey === serviceLabels.version)
      ?.LabelValue,
    status: service.Status,
    message: service.Message || undefined,
    weight,
    share: total > 0 ? weight / total : 0,
    runningInstances: service.RunningInstance,
    totalInstances: service.TotalInstance,
  };
}

/** The newest versions of a pipeline's model; none when nothing has been registered yet. */
export async function versionsOf(input: {
  readonly registry: RegistrySource;
  readonly model: string;
  readonly workspaceId: string;
  readonly signal: AbortSignal;
}): Promise<readonly VersionLine[]> {
  const { registry, model, workspaceId, signal } = input;
  const found = await registry.findModel({ ModelName: model, WorkspaceId: workspaceId, signal });
  if (found === undefined) return [];
  const { Versions } = await registry.listModelVersions({
    ModelId: found.ModelId,
    SortBy: 'GmtCreateTime',
    Order: 'DESC',
    PageSize: VERSIONS,
    signal,
  });
  return Versions.map(versionLine);
}

function versionLine(version: ModelVersion): VersionLine {
  const label = (name: string) => version.Labels?.find(({ Key }) => Key === name)?.Value;
  const metric = (name: string) => {
    const value = version.Metrics?.[name];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    modelVersion: label(versionLabels.modelVersion) ?? version.VersionName,
    registryVersion: version.VersionName,
    kind: label(versionLabels.modelKind),
    approval: version.ApprovalStatus,
    trainR2: metric('train_r2'),
    validationR2: metric('validation_r2'),
    createdAt: version.GmtCreateTime,
  };
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CloudError && error.statusCode === 404) return undefined;
    throw error;
  }
}
