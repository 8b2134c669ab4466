import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { parseEcsSpec } from '../dsw/ecs-specs';
import { isMountPath, type Mount, parseOssUri } from '../mounts';
import { invalidService } from './eas-error';
import { isJsonObject, type JsonObject } from './json';
import { type Probe, probeSchema, readProbe } from './probe';
import type { TrafficState } from './service-record';

/** What a service description (service.json) means for running it here. */
export interface ServicePlan {
  readonly name: string;
  readonly group?: string;
  readonly image: string;
  readonly script: string;
  /** The port that the description names; the local one is in LISTENING_PORT. */
  readonly port: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly instances: number;
  readonly cpus?: number;
  readonly memoryMb?: number;
  readonly readiness: Probe;
  readonly liveness?: Probe;
  /** The gateway answers 408 when a request takes longer (`metadata.rpc.keepalive`). */
  readonly keepaliveMs: number;
  /** From SIGTERM to SIGKILL, and how long running requests are waited for before. */
  readonly graceMs: number;
  readonly role?: string;
  readonly token?: string;
  readonly trafficState?: TrafficState;
  readonly labels: Readonly<Record<string, string>>;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;
const DEFAULT_KEEPALIVE_MS = 5_000;
const DEFAULT_GRACE_S = 30;
const DEFAULT_ROLE = 'AliyunServiceRoleForPaiEas';

const name = z
  .string()
  .regex(NAME, 'only lower-case letters, digits and underscores, beginning with a letter');
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const container = z.object({
  image: z.string().min(1),
  script: z.string().trim().min(1).optional(),
  command: z.string().trim().min(1).optional(),
  port: z.number().int().min(1).max(65535).default(8000),
  env: z.array(z.object({ name: z.string().min(1), value: scalar })).default([]),
  health_check: probeSchema.optional(),
  startup_check: probeSchema.optional(),
  liveness_check: probeSchema.optional(),
});

const storage = z.object({
  mount_path: z.string().refine(isMountPath, 'must be an absolute path other than /'),
  oss: z.object({ path: z.string(), readOnly: z.boolean().optional() }).optional(),
  empty_dir: z.object({}).loose().optional(),
});

const description = z.object({
  name: name.optional(),
  containers: z.array(container).length(1, 'exactly one container is supported here'),
  storage: z.array(storage).default([]),
  labels: z.record(z.string(), scalar).default({}),
  token: z.string().min(1).optional(),
  role_arn: z.string().optional(),
  credential: z
    .object({ token: z.string().min(1).optional(), role_arn: z.string().optional() })
    .optional(),
  options: z.object({ enable_ram_role: z.boolean().optional() }).optional(),
  runtime: z.object({ termination_grace_period: z.number().min(0).optional() }).optional(),
  networking: z.object({ traffic_state: z.enum(['standalone', 'grouping']).optional() }).optional(),
  cloud: z
    .object({ computing: z.object({ instance_type: z.string().optional() }).optional() })
    .optional(),
  metadata: z.object({
    name: name.optional(),
    group: name.optional(),
    instance: z.number().int().min(0).max(100),
    cpu: z.number().positive().optional(),
    memory: z.number().positive().optional(),
    traffic_state: z.enum(['standalone', 'grouping']).optional(),
    rpc: z.object({ keepalive: z.number().int().positive().optional() }).optional(),
    eas: z.object({ termination_grace_period: z.number().min(0).optional() }).optional(),
  }),
});

type Description = z.infer<typeof description>;

/** Reads a body that is a service description: an object, or JSON text of one. */
export function readDescription(body: unknown): JsonObject {
  if (isJsonObject(body)) return body;
  if (typeof body === 'string') {
    try {
      const value: unknown = JSON.parse(body);
      if (isJsonObject(value)) return value;
    } catch {
      // Falls through to the one error for everything that isn't a description.
    }
  }
  throw invalidService('The service description must be a JSON object.');
}

/** Checks a service description and says how to run it. Throws `ApiError` with what is wrong. */
export function planService(config: JsonObject): ServicePlan {
  if (config['processor'] !== undefined || config['model_path'] !== undefined) {
    throw invalidService(
      'processor services are not supported here: give containers with a script',
    );
  }
  const parsed = description.safeParse(config);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidService(`${issue.path.join('.') || 'service description'}: ${issue.message}`);
  }
  const { data } = parsed;
  const { metadata } = data;
  const serviceName = metadata.name ?? data.name;
  if (serviceName === undefined) throw invalidService('name is required');
  if (data.name !== undefined && metadata.name !== undefined && data.name !== metadata.name) {
    throw invalidService('name and metadata.name differ');
  }
  const [first] = data.containers;
  const script = first.script ?? first.command;
  if (script === undefined) throw invalidService('containers.0.script is required');
  const { health_check, startup_check, liveness_check } = first;
  return {
    name: serviceName,
    group: metadata.group,
    image: first.image,
    script,
    port: first.port,
    variables: Object.fromEntries(first.env.map((variable) => [variable.name, variable.value])),
    mounts: mountsOf(data),
    instances: metadata.instance,
    ...resourcesOf(data),
    readiness: readProbe(health_check ?? startup_check),
    liveness: liveness_check && readProbe(liveness_check),
    keepaliveMs: metadata.rpc?.keepalive ?? DEFAULT_KEEPALIVE_MS,
    graceMs:
      1000 *
      (data.runtime?.termination_grace_period ??
        metadata.eas?.termination_grace_period ??
        DEFAULT_GRACE_S),
    role: roleOf(data),
    token: data.credential?.token ?? data.token,
    trafficState: metadata.traffic_state ?? data.networking?.traffic_state,
    labels: data.labels,
  };
}

/** True when two descriptions ask for the same instances, only for more or fewer of them. */
export function differInCountOnly(left: JsonObject, right: JsonObject): boolean {
  return isDeepStrictEqual(uncounted(left), uncounted(right));
}

function uncounted(config: JsonObject): JsonObject {
  const { metadata } = config;
  return { ...config, metadata: isJsonObject(metadata) ? { ...metadata, instance: 0 } : metadata };
}

function mountsOf(data: Description): Mount[] {
  return data.storage.flatMap(({ mount_path, oss, empty_dir }) => {
    if (empty_dir) return [];
    if (!oss) throw invalidService(`storage ${mount_path}: only oss is supported here`);
    if (!parseOssUri(oss.path)) {
      throw invalidService(`storage ${mount_path}: ${oss.path} is not an OSS path`);
    }
    return [{ uri: oss.path, mountPath: mount_path }];
  });
}

function resourcesOf(data: Description): Pick<ServicePlan, 'cpus' | 'memoryMb'> {
  const type = data.cloud?.computing?.instance_type;
  const spec = type === undefined ? undefined : parseEcsSpec(type);
  if (type !== undefined && !spec) {
    throw invalidService(`cloud.computing.instance_type: ${type} is not offered`);
  }
  return {
    cpus: data.metadata.cpu ?? spec?.CPU,
    memoryMb: data.metadata.memory ?? (spec && spec.Memory * 1024),
  };
}

function roleOf(data: Description): string | undefined {
  const arn = data.credential?.role_arn ?? data.role_arn;
  if (arn) return arn.split('/').pop();
  return data.options?.enable_ram_role ? DEFAULT_ROLE : undefined;
}
