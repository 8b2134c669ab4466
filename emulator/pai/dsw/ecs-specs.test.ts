import { ecsSpecs, parseEcsSpec, resourceLimits } from './ecs-specs';

test.each([
  ['ecs.c6.large', 2, 4],
  ['ecs.c6.xlarge', 4, 8],
  ['ecs.g7.2xlarge', 8, 32],
  ['ecs.r8i.16xlarge', 64, 512],
])('%s', (InstanceType, CPU, Memory) => {
  expect(parseEcsSpec(InstanceType)).toEqual({ InstanceType, CPU, Memory });
});

test.each(['ecs.c6', 'c6.large', 'ecs.gn6v-c8g1.2xlarge', 'ecs.c6.huge'])('%s is none', (name) => {
  expect(parseEcsSpec(name)).toBeUndefined();
});

test('every machine that is offered is one', () => {
  expect(ecsSpecs()).toHaveLength(54);
});

test('limits come from the machine or from the requested resources', () => {
  expect(resourceLimits({ EcsSpec: 'ecs.c6.large' })?.memoryBytes).toBe(4 * 1024 ** 3);
  expect(resourceLimits({ RequestedResource: { CPU: '1', Memory: '0.5' } })).toEqual({
    cpus: 1,
    memoryBytes: 512 * 1024 ** 2,
  });
  expect(resourceLimits({})).toBeUndefined();
});
