import { RequestLog, withoutSecrets } from './request-log';

const entry = (operation: string) => ({
  time: '2026-01-01T00:00:00.000Z',
  product: 'oss',
  operation,
  method: 'GET',
  path: '/',
  client: 'oss2 2.19.1',
  milliseconds: 1,
});

test('the log is bounded and says how much it has forgotten', () => {
  const log = new RequestLog(100);
  for (let i = 0; i < 1_000; i += 1) log.add(entry(`o${i}`));
  const { requests, dropped } = log.read({});
  expect(requests.length).toBeLessThan(125);
  expect(requests.length).toBeGreaterThanOrEqual(100);
  expect(requests.at(-1)).toMatchObject({ id: 1_000, operation: 'o999' });
  expect(dropped).toBe(1_000 - requests.length);
  log.clear();
  expect(log.read({})).toEqual({ requests: [], dropped: 0 });
});

test('it is read by product, operation, client and from an id on', () => {
  const log = new RequestLog(10);
  for (const operation of ['a', 'b', 'a']) log.add(entry(operation));
  expect(log.read({ operation: 'a' }).requests.map(({ id }) => id)).toEqual([1, 3]);
  expect(log.read({ operation: 'a', after: 1 }).requests.map(({ id }) => id)).toEqual([3]);
  expect(log.read({ client: 'oss2' }).requests).toHaveLength(3);
  expect(log.read({ client: 'pyodps' }).requests).toHaveLength(0);
  expect(log.read({ product: 'pai-dsw' }).requests).toHaveLength(0);
});

test.each([
  ['/b/k?x-oss-signature=abc&x-oss-process=z', '/b/k?x-oss-signature=…&x-oss-process=z'],
  ['/?AccessKeyId=LTAI&Action=X', '/?AccessKeyId=…&Action=X'],
  ['/role-credentials/key', '/role-credentials/…'],
  ['/b/k?list-type=2', '/b/k?list-type=2'],
])('%s goes into the log as %s', (url, path) => {
  expect(withoutSecrets(url)).toBe(path);
});
