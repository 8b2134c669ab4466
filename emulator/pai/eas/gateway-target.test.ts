import { parseTarget } from './gateway';

test.each([
  ['/api/predict/foo', { name: 'foo', path: '/' }],
  ['/api/predict/foo/', { name: 'foo', path: '/' }],
  ['/api/predict/foo?a=1', { name: 'foo', path: '/?a=1' }],
  ['/api/predict/foo/predict/x?a=/b', { name: 'foo', path: '/predict/x?a=/b' }],
  ['/api/predict/group_1.foo_2/x', { name: 'foo_2', path: '/x' }],
  ['/api/predict/', undefined],
  ['/api/predict/Foo', undefined],
  ['/api/predict/%2e%2e/x', undefined],
  ['/health', undefined],
])('%s', (url, target) => {
  expect(parseTarget(url)).toEqual(target);
});
