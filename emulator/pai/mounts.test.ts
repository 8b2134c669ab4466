import fc from 'fast-check';
import { isMountPath, localMountPath, parseOssUri, rewriteMountPaths } from './mounts';

test.each([
  ['oss://bucket/a/b/', { bucket: 'bucket', prefix: 'a/b/' }],
  [
    'oss://my-bucket.oss-cn-hangzhou-internal.aliyuncs.com/a/',
    { bucket: 'my-bucket', prefix: 'a/' },
  ],
  ['oss://bucket.127.0.0.1:9201/a', { bucket: 'bucket', prefix: 'a' }],
  ['oss://bucket', { bucket: 'bucket', prefix: '' }],
  ['s3://bucket/a', undefined],
  ['oss:///a', undefined],
  ['oss://Bucket/a', undefined],
])('%s', (uri, parsed) => {
  expect(parseOssUri(uri)).toEqual(parsed);
});

test.each([
  ['/mnt/data', true],
  ['/mnt/data/', true],
  ['/', false],
  ['mnt', false],
  ['/mnt/../etc', false],
  ['/mnt//data', false],
  ['', false],
])('is %s a mount path: %s', (mountPath, expected) => {
  expect(isMountPath(mountPath)).toBe(expected);
});

const folder = '/local/i-1';
const mounts = [{ mountPath: '/mnt/data/' }, { mountPath: '/mnt/data/inner' }, { mountPath: '/m' }];

test.each([
  ['node /mnt/data/a.js', 'node /local/i-1/mounts/mnt/data/a.js'],
  ['cd "/mnt/data";ls', 'cd "/local/i-1/mounts/mnt/data";ls'],
  ['--path=/mnt/data/inner/x', '--path=/local/i-1/mounts/mnt/data/inner/x'],
  ['PATH=/m:/mnt/data', 'PATH=/local/i-1/mounts/m:/local/i-1/mounts/mnt/data'],
  ['/mnt/data2 /mnt/data.old /mnt /mn', '/mnt/data2 /mnt/data.old /mnt /mn'],
  ['/other/mnt/data "$HOME/mnt/data" {}/m', '/other/mnt/data "$HOME/mnt/data" {}/m'],
])('%s', (text, expected) => {
  expect(rewriteMountPaths({ text, folder, mounts })).toBe(expected);
});

test('a local mount never lies outside the instance, and text without a mount path stays', () => {
  const part = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.string(), (parts, text) => {
      const mountPath = `/${parts.join('/')}`;
      expect(isMountPath(mountPath)).toBe(true);
      expect(localMountPath({ folder, mountPath })).toBe(`${folder}/mounts${mountPath}`);
      const without = text.replaceAll('/', '');
      expect(rewriteMountPaths({ text: without, folder, mounts: [{ mountPath }] })).toBe(without);
    }),
  );
});
