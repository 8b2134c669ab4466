/** An instance type of ECS: vCPUs and memory in GB. */
export interface EcsSpec {
  readonly InstanceType: string;
  readonly CPU: number;
  readonly Memory: number;
}

/** What an instance may use at most. */
export interface ResourceLimits {
  readonly cpus: number;
  readonly memoryBytes: number;
}

const GB = 1024 ** 3;
/** Memory per vCPU by the family's letter: compute, general purpose, memory. */
const GB_PER_CPU: Readonly<Record<string, number>> = { c: 2, g: 4, r: 8 };
const FAMILIES = ['c6', 'c7', 'c8i', 'g6', 'g7', 'g8i', 'r6', 'r7', 'r8i'];
const SIZES = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'];

/** vCPUs and memory of a type such as `ecs.c6.large`, from how ECS names its types. */
export function parseEcsSpec(instanceType: string): EcsSpec | undefined {
  const match = /^ecs\.([cgr])\d+[a-z]*(?:-[a-z0-9]+)*\.(?:(\d*)x)?large$/.exec(instanceType);
  if (!match) return undefined;
  const isLarge = instanceType.endsWith('.large');
  const CPU = isLarge ? 2 : 4 * Number(match[2] || '1');
  return { InstanceType: instanceType, CPU, Memory: CPU * GB_PER_CPU[match[1]] };
}

/** What ListEcsSpecs offers. */
export function ecsSpecs(): EcsSpec[] {
  return FAMILIES.flatMap((family) =>
    SIZES.map((size) => parseEcsSpec(`ecs.${family}.${size}`)),
  ).filter((spec) => spec !== undefined);
}

/** Limits of an instance; undefined when its type isn't known. */
export function resourceLimits(spec: {
  readonly EcsSpec?: string;
  readonly RequestedResource?: { readonly CPU?: string; readonly Memory?: string };
}): ResourceLimits | undefined {
  const ecs = spec.EcsSpec ? parseEcsSpec(spec.EcsSpec) : undefined;
  if (ecs) return { cpus: ecs.CPU, memoryBytes: ecs.Memory * GB };
  const { CPU, Memory } = spec.RequestedResource ?? {};
  if (spec.EcsSpec || CPU === undefined || Memory === undefined) return undefined;
  return { cpus: Number(CPU), memoryBytes: Number(Memory) * GB };
}
