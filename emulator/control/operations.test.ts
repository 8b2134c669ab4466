import { type OperationRequest, operationReader } from './operation';
import { listOperations, operationOf, type Surface } from './operations';

function nameOf(surface: Surface, line: string, headers: OperationRequest['headers'] = {}): string {
  const [method, url] = line.split(' ');
  const [path, query] = url.split('?');
  const request = { method, path, query: new Map(new URLSearchParams(query)), headers };
  const { product, operation } = operationOf(surface, request);
  return `${product}/${operation}`;
}

test.each<[Surface, string, string]>([
  ['maxcompute', 'POST /projects/p/tables/t?uploads=1', 'maxcompute/TableTunnel.CreateUpload'],
  [
    'maxcompute',
    'GET /projects/p/tables/t?downloadid=D&data',
    'maxcompute/TableTunnel.ReadDownload',
  ],
  ['maxcompute', 'GET /projects/p/tables/t?partitions&marker=', 'maxcompute/ListPartitions'],
  ['maxcompute', 'GET /projects/p/instances/i?instancestatus', 'maxcompute/GetInstance'],
  ['maxcompute', 'GET /elsewhere', 'maxcompute/Unknown'],
  ['oss', 'GET /', 'oss/ListBuckets'],
  ['oss', 'GET /b/?list-type=2&prefix=', 'oss/ListObjectsV2'],
  ['oss', 'GET /b/?prefix=', 'oss/ListObjects'],
  ['oss', 'PUT /b/k/deep?partNumber=1&uploadId=U', 'oss/UploadPart'],
  ['oss', 'DELETE /b/k?uploadId=U', 'oss/AbortMultipartUpload'],
  ['pai', 'PUT /api/v2/instances/dsw-1', 'pai-dsw/UpdateInstance'],
  ['pai', 'GET /api/v2/services/cn-hangzhou/s/logs', 'pai-eas/DescribeServiceLog'],
  ['pai', 'GET /api/v1/models/m/versions/1.0.0', 'aiworkspace/GetModelVersion'],
  ['pai', 'POST /api/v1/jobs', 'pai-dlc/CreateJob'],
  ['eas-gateway', 'POST /api/predict/group.service/x', 'eas-gateway/InvokeService'],
])('%s: %s is %s', (surface, line, name) => {
  expect(nameOf(surface, line)).toBe(name);
});

test('a copy is told from a put by its header, an RPC call by its action', () => {
  expect(nameOf('oss', 'PUT /b/k', { 'x-oss-copy-source': '/b/x' })).toBe('oss/CopyObject');
  const rpc = { 'x-acs-action': 'DescribeMetricList', 'x-acs-version': '2019-01-01' };
  expect(nameOf('pai', 'POST /', rpc)).toBe('cms/DescribeMetricList');
  expect(nameOf('pai', 'GET /?Action=AssumeRole&Version=2015-04-01')).toBe('sts/AssumeRole');
});

test('the first rule that fits gives the name', () => {
  const read = operationReader({ 'GET /a/fixed': 'Fixed', 'GET /a/:any': 'Any', '* /a/*': 'Rest' });
  const name = (method: string, path: string) =>
    read({ method, path, query: new Map(), headers: {} });
  expect(name('GET', '/a/fixed')).toBe('Fixed');
  expect(name('GET', '/a/other')).toBe('Any');
  expect(name('GET', '/a/b/c')).toBe('Rest');
  expect(name('POST', '/a/b')).toBe('Rest');
  expect(name('GET', '/a')).toBeUndefined();
});

test('what is supported follows from the routes that there are', () => {
  const routes = [{ method: 'POST', url: '/api/v2/services' }];
  const supported = listOperations(routes)
    .filter(({ product, supported: has }) => product === 'pai-eas' && has)
    .map(({ operation }) => operation);
  expect(supported).toEqual(['CreateService']);
});
