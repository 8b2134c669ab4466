import { parseEcsSpec } from '../dsw/ecs-specs';
import type { JobSpec } from './job-record';

/** What a pod may use at most. */
export interface PodLimits {
  readonly cpus: number;
  readonly memoryBytes: number;
}

const GB = 1024 ** 3;
const UNITS: Readonly<Record<string, number>> = {
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: GB,
  Ti: 1024 ** 4,
};

/** Limits of the pods of a JobSpec; undefined when neither its type nor both amounts are known. */
export function podLimits(
  spec: Pick<JobSpec, 'EcsSpec' | 'ResourceConfig'>,
): PodLimits | undefined {
  if (spec.EcsSpec) {
    const ecs = parseEcsSpec(spec.EcsSpec);
    return ecs && { cpus: ecs.CPU, memoryBytes: ecs.Memory * GB };
  }
  const { CPU, Memory } = spec.ResourceConfig ?? {};
  const memoryBytes = Memory === undefined ? undefined : bytesOf(Memory);
  if (CPU === undefined || memoryBytes === undefined) return undefined;
  return { cpus: Number(CPU), memoryBytes };
}

/** Bytes of an amount such as `4Gi` or `500M`; a bare number is GB, as in DSW. */
export function bytesOf(amount: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]i?)?B?$/.exec(amount);
  if (!match) return undefined;
  return Number(match[1]) * (match[2] ? UNITS[match[2]] : GB);
}
