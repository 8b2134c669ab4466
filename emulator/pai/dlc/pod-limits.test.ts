import { bytesOf, podLimits } from './pod-limits';

const GIB = 1024 ** 3;

test.each([
  ['4Gi', 4 * GIB],
  ['512Mi', 512 * 1024 ** 2],
  ['1.5G', 1.5e9],
  ['2GB', 2e9],
  ['8', 8 * GIB],
  ['many', undefined],
  ['-1Gi', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test('a machine type names its limits; a resource configuration needs both amounts', () => {
  expect(podLimits({ EcsSpec: 'ecs.g6.xlarge' })).toEqual({ cpus: 4, memoryBytes: 16 * GIB });
  expect(podLimits({ EcsSpec: 'ecs.none' })).toBeUndefined();
  const ResourceConfig = { CPU: '2', Memory: '1Gi' };
  expect(podLimits({ ResourceConfig })).toEqual({ cpus: 2, memoryBytes: GIB });
  expect(podLimits({ ResourceConfig: { CPU: '2' } })).toBeUndefined();
});
