import { parseErrorBody } from '../../alibaba/maxcompute/wire/error-body';
import { authorization } from '../../alibaba/maxcompute/wire/request-signature';
import { type LocalMaxCompute, startLocalMaxCompute } from './local-maxcompute';

let local: LocalMaxCompute;
beforeAll(async () => {
  local = await startLocalMaxCompute();
  const odps = local.odps();
  await odps.runSql({ query: 'CREATE TABLE t (n BIGINT) PARTITIONED BY (dt STRING)' });
  await odps.runSql({ query: 'CREATE VIEW v AS SELECT 1 AS n' });
});
afterAll(() => local.close());

interface Asked {
  readonly resource: string;
  readonly method?: string;
  readonly date?: Date;
  readonly secret?: string;
  readonly accessKeyId?: string;
  readonly region?: string;
  readonly token?: string;
  readonly tunnel?: boolean;
}

async function ask(asked: Asked) {
  const { resource, method = 'GET', date = new Date(), region, token, tunnel } = asked;
  const { root } = local.keyring;
  const headers: Record<string, string> = { Date: date.toUTCString() };
  const signed = authorization({
    request: { method, resource, headers },
    accessKeyId: asked.accessKeyId ?? root.accessKeyId,
    accessKeySecret: asked.secret ?? root.accessKeySecret,
    scope: region ? { region, day: date.toISOString().slice(0, 10).replace(/-/g, '') } : undefined,
  });
  headers['Authorization'] = signed;
  if (token) headers['authorization-sts-token'] = token;
  const server = local.server();
  const base = tunnel ? server.tunnelEndpoint : server.endpoint;
  const answer = await fetch(`${base}${resource}`, { method, headers });
  const body = await answer.text();
  return { status: answer.status, body, error: parseErrorBody(body) };
}

const project = '/projects/demo';
const quarter = 15 * 60 * 1000;

test('V2, V4 and temporary keys are taken', async () => {
  expect((await ask({ resource: project })).status).toBe(200);
  expect((await ask({ resource: project, region: 'cn-hangzhou' })).status).toBe(200);
  const issued = local.keyring.issueToken({ role: 'r', seconds: 60 });
  const { accessKeyId, accessKeySecret, securityToken } = issued;
  const keys = { accessKeyId, secret: accessKeySecret };
  expect((await ask({ resource: project, ...keys, token: securityToken })).status).toBe(200);
  expect((await ask({ resource: project, ...keys })).error?.code).toBe('InvalidAccessKeyId');
});

test.each<[what: string, asked: Asked, status: number, code: string]>([
  ['a wrong secret', { resource: project, secret: 'x' }, 403, 'SignatureNotMatch'],
  ['an unknown key', { resource: project, accessKeyId: 'x' }, 401, 'InvalidAccessKeyId'],
  ['another region', { resource: project, region: 'cn-beijing' }, 403, 'SignatureNotMatch'],
  [
    'a late clock',
    { resource: project, date: new Date(Date.now() - quarter - 9e3) },
    403,
    'RequestTimeTooSkewed',
  ],
  [
    'an early clock',
    { resource: project, date: new Date(Date.now() + quarter + 9e3) },
    403,
    'RequestTimeTooSkewed',
  ],
  ['another project', { resource: '/projects/other' }, 404, 'NoSuchProject'],
  ['a missing table', { resource: `${project}/tables/nope` }, 404, 'NoSuchTable'],
  [
    'a missing partition',
    { resource: `${project}/tables/t?partition=dt%3D%27x%27` },
    404,
    'NoSuchPartition',
  ],
  [
    'keys of no table',
    { resource: `${project}/tables/t?partition=x%3D%27x%27` },
    400,
    'InvalidArgument',
  ],
  ['a missing instance', { resource: `${project}/instances/none` }, 404, 'NoSuchObject'],
  [
    'a job that is none',
    { resource: `${project}/instances`, method: 'POST' },
    400,
    'InvalidArgument',
  ],
  ['a schema', { resource: `${project}/schemas/other/tables/t` }, 404, 'NoSuchObject'],
  ['an unknown resource', { resource: `${project}/functions` }, 405, 'MethodNotAllowed'],
  ['a path of nothing', { resource: '/etc/passwd' }, 404, 'NoSuchObject'],
  [
    'the rows of a view',
    { resource: `${project}/tables/v?downloads`, method: 'POST', tunnel: true },
    400,
    'InvalidArgument',
  ],
  [
    'an upload without partition',
    { resource: `${project}/tables/t?uploads=1`, method: 'POST', tunnel: true },
    400,
    'InvalidPartitionSpec',
  ],
  [
    'an upload to a missing partition',
    { resource: `${project}/tables/t?uploads=1&partition=dt%3Dx`, method: 'POST', tunnel: true },
    404,
    'NoSuchPartition',
  ],
  [
    'an unknown upload',
    { resource: `${project}/tables/t?uploadid=x`, tunnel: true },
    404,
    'NoSuchObject',
  ],
])('%s is refused', async (_what, asked, status, code) => {
  const answer = await ask(asked);
  expect([answer.status, answer.error?.code]).toEqual([status, code]);
  expect(answer.error?.requestId).toMatch(/^[0-9A-F]{24}$/);
  expect(answer.error?.hostId).toBeTruthy();
});

test('a request without a signature is refused before anything is looked up', async () => {
  const answer = await fetch(`${local.server().endpoint}/projects/other`);
  expect(answer.status).toBe(401);
  expect(parseErrorBody(await answer.text())?.code).toBe('AuthorizationRequired');
});

test('a signature holds for its own resource only', async () => {
  const date = new Date();
  const headers = { Date: date.toUTCString() };
  const request = { method: 'GET', resource: `${project}/tables/t`, headers };
  const Authorization = authorization({ request, ...local.keyring.root });
  const answer = await fetch(`${local.server().endpoint}${project}/tables/v`, {
    headers: { ...headers, Authorization },
  });
  expect(answer.status).toBe(403);
});
