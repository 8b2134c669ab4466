import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError } from '../../alibaba/cloud-error';
import { OpenApi } from '../../alibaba/openapi/openapi';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import { type ControlledCloud, clientsOf, startControlledCloud } from './controlled-cloud';

let controlled: ControlledCloud;

beforeAll(async () => {
  controlled = await startControlledCloud();
});
afterEach(() => controlled.calm());
afterAll(() => controlled?.close());

/** The error of a call that must fail. */
async function failure(call: Promise<unknown>): Promise<CloudError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CloudError);
  return error as CloudError;
}

/** How each try of an operation ended: a status, or the kind of fault that took its answer. */
async function tries(operation: string): Promise<readonly (number | string)[]> {
  const requests = await controlled.requests({ operation });
  return requests.map(({ status, fault }) => status ?? fault?.kind ?? 'broken off');
}

const model = (ModelName: string) => ({ ModelName, WorkspaceId: '1' });
const instance = (InstanceName: string) => ({
  InstanceName,
  WorkspaceId: '1',
  EcsSpec: 'ecs.c6.large',
  ImageUrl: 'registry/image:1',
});

describe('throttling', () => {
  it("is said in PAI's code, with the hint in milliseconds; a POST waits as long and goes on", async () => {
    await controlled.fault({
      kind: 'throttle',
      operation: 'CreateModel',
      retryAfterMs: 60,
      count: 2,
    });
    const before = Date.now();
    await controlled.registry.createModel(model('throttled'));
    expect(Date.now() - before).toBeGreaterThanOrEqual(120);
    expect(await tries('CreateModel')).toEqual([400, 400, 200]);
    const [first] = await controlled.requests({ operation: 'CreateModel' });
    expect(first).toMatchObject({ code: 'Throttling.User', fault: { kind: 'throttle' } });
  });

  it('leaves a wait that is too long to the caller', async () => {
    await controlled.fault({
      kind: 'throttle',
      operation: 'GetModel',
      retryAfterMs: 60_000,
      count: 1,
    });
    const error = await failure(controlled.registry.getModel({ ModelId: 'model-none' }));
    expect(error).toMatchObject({ code: 'Throttling.User', retryAfterMs: 60_000, retryable: true });
    expect(await tries('GetModel')).toEqual([400]);
  });

  it("is said in MaxCompute's codes for REST and for Tunnel", async () => {
    await controlled.fault(
      { kind: 'throttle', product: 'maxcompute', operation: 'CreateInstance', count: 1 },
      { kind: 'throttle', product: 'maxcompute', operation: 'TableTunnel.CreateUpload', count: 1 },
    );
    await controlled.maxcompute.runSql({
      query: 'CREATE TABLE IF NOT EXISTS throttled (id BIGINT)',
    });
    expect(await tries('CreateInstance')).toEqual([429, 201]);
    const upload = await controlled.maxcompute.openUpload({ table: 'throttled' });
    await upload.writeBlock({ blockId: 0, rows: [[1]] });
    await upload.commit({ blockIds: [0] });
    const refused = (await controlled.requests({ product: 'maxcompute' })).filter(
      ({ code }) => code,
    );
    expect(refused.map(({ code }) => code)).toEqual(['QPSExceeded', 'FlowExceeded']);
  });

  it("is said in OSS's code", async () => {
    await controlled.fault({ kind: 'throttle', operation: 'PutObject', count: 1 });
    await controlled.objects.put({ key: 'throttled', body: 'whole' });
    expect(await tries('PutObject')).toEqual([503, 200]);
    expect((await controlled.objects.get({ key: 'throttled' })).toString()).toBe('whole');
    const [first] = await controlled.requests({ operation: 'PutObject' });
    expect(first.code).toBe('TotalQpsLimitExceeded');
  });
});

describe('an error of the service', () => {
  it('is overcome by repeating what only reads', async () => {
    await controlled.objects.put({ key: 'read', body: 'x' });
    await controlled.fault(
      { kind: 'error', status: 500, operation: 'GetObject', count: 1 },
      { kind: 'error', status: 503, operation: 'ListModels', count: 2 },
      { kind: 'error', status: 502, operation: 'GetTable', count: 1 },
    );
    await controlled.objects.get({ key: 'read' });
    await controlled.registry.listModels();
    expect(await controlled.maxcompute.describeTable({ table: 'absent' })).toBeUndefined();
    expect(await tries('GetObject')).toEqual([500, 200]);
    expect(await tries('ListModels')).toEqual([503, 503, 200]);
    expect(await tries('GetTable')).toEqual([502, 404]);
  });

  it('ends what creates: the caller must look before it asks again', async () => {
    await controlled.fault({ kind: 'error', status: 500, operation: 'CreateModel' });
    const error = await failure(controlled.registry.createModel(model('never')));
    expect(error).toMatchObject({ code: 'InternalError', statusCode: 500, retryable: true });
    expect(await tries('CreateModel')).toEqual([500]);
  });

  it('of HEAD has its document in a header', async () => {
    await controlled.fault({ kind: 'error', status: 503, operation: 'HeadObject', count: 1 });
    expect(await controlled.objects.head({ key: 'absent' })).toBeUndefined();
    const [first] = await controlled.requests({ operation: 'HeadObject' });
    expect(first).toMatchObject({ status: 503, code: 'ServiceUnavailable' });
  });
});

describe('a connection that is reset', () => {
  it('after the effect of CreateInstance: one instance, one request, and the caller is told', async () => {
    await controlled.fault({
      kind: 'reset',
      when: 'after',
      product: 'pai-dsw',
      operation: 'CreateInstance',
    });
    const error = await failure(controlled.dsw.createInstance(instance('once')));
    expect(error).toMatchObject({ retryable: true });
    expect(error.statusCode).toBeUndefined();
    const requests = await controlled.requests({ operation: 'CreateInstance' });
    expect(requests).toMatchObject([{ withheld: 200, fault: { kind: 'reset' } }]);
    const { Instances } = await controlled.dsw.listInstances({ InstanceName: 'once' });
    expect(Instances).toHaveLength(1);
    await controlled.dsw.deleteInstance({ InstanceId: Instances[0].InstanceId });
  });

  it('before the effect of CreateInstance: nothing is there', async () => {
    await controlled.fault({
      kind: 'reset',
      when: 'before',
      product: 'pai-dsw',
      operation: 'CreateInstance',
    });
    await failure(controlled.dsw.createInstance(instance('never')));
    expect(await tries('CreateInstance')).toEqual(['reset']);
    const { Instances } = await controlled.dsw.listInstances({ InstanceName: 'never' });
    expect(Instances).toHaveLength(0);
  });

  it('after the effect of a put is repeated, but not of one that must be the first', async () => {
    await controlled.fault({ kind: 'reset', when: 'after', operation: 'PutObject', count: 1 });
    await controlled.objects.put({ key: 'again', body: 'x' });
    expect(await tries('PutObject')).toEqual(['reset', 200]);
    await controlled.calm();
    await controlled.fault({ kind: 'reset', when: 'after', operation: 'PutObject', count: 1 });
    await failure(controlled.objects.put({ key: 'claim', body: 'mine', forbidOverwrite: true }));
    expect(await tries('PutObject')).toEqual(['reset']);
    expect((await controlled.objects.get({ key: 'claim' })).toString()).toBe('mine');
  });

  it('after the effect of a submitted statement: it runs once', async () => {
    await controlled.maxcompute.runSql({ query: 'CREATE TABLE IF NOT EXISTS counted (id BIGINT)' });
    await controlled.calm();
    await controlled.fault({
      kind: 'reset',
      when: 'after',
      product: 'maxcompute',
      operation: 'CreateInstance',
      count: 1,
    });
    await failure(controlled.maxcompute.runSql({ query: 'INSERT INTO TABLE counted VALUES (1)' }));
    expect(await tries('CreateInstance')).toEqual(['reset']);
    await sleep(200);
    const { rows } = await controlled.maxcompute.runSql({ query: 'SELECT COUNT(*) FROM counted' });
    expect(rows).toEqual([['1']]);
  });

  it('in the middle of a block: the block is sent again, rows are there once', async () => {
    await controlled.maxcompute.runSql({ query: 'CREATE TABLE IF NOT EXISTS blocks (id BIGINT)' });
    await controlled.fault({
      kind: 'reset',
      when: 'after',
      operation: 'TableTunnel.WriteBlock',
      count: 1,
    });
    const upload = await controlled.maxcompute.openUpload({ table: 'blocks' });
    await upload.writeBlock({ blockId: 0, rows: [[1], [2]] });
    await upload.commit({ blockIds: [0] });
    expect(await tries('TableTunnel.WriteBlock')).toEqual(['reset', 200]);
    const { rows } = await controlled.maxcompute.runSql({ query: 'SELECT COUNT(*) FROM blocks' });
    expect(rows).toEqual([['2']]);
  });

  it('after the effect of a commit: the rows are there once', async () => {
    await controlled.maxcompute.runSql({
      query: 'CREATE TABLE IF NOT EXISTS committed (id BIGINT)',
    });
    await controlled.fault({
      kind: 'reset',
      when: 'after',
      operation: 'TableTunnel.CommitUpload',
      count: 1,
    });
    const upload = await controlled.maxcompute.openUpload({ table: 'committed' });
    await upload.writeBlock({ blockId: 0, rows: [[1], [2], [3]] });
    await upload.commit({ blockIds: [0] });
    const { rows } = await controlled.maxcompute.runSql({
      query: 'SELECT COUNT(*) FROM committed',
    });
    expect(rows).toEqual([['3']]);
  });
});

describe('a slow answer', () => {
  it('comes whole after its time', async () => {
    await controlled.objects.put({ key: 'slow', body: 'y'.repeat(300_000) });
    await controlled.fault({ kind: 'slow', operation: 'GetObject', delayMs: 150, count: 1 });
    const before = Date.now();
    expect(await controlled.objects.get({ key: 'slow' })).toHaveLength(300_000);
    expect(Date.now() - before).toBeGreaterThanOrEqual(150);
  });

  it('that is too slow is given up and asked for again', async () => {
    await controlled.fault({ kind: 'slow', operation: 'ListModels', delayMs: 60_000, count: 1 });
    const { endpoint } = controlled.cloud.pai;

    const { region } = controlled.cloud;
    const credentials = { get: async () => controlled.cloud };
    const hasty = new ModelRegistry({ endpoint, region, credentials, timeoutMs: 100, pauseMs: 10 });
    await hasty.listModels();
    const [first, second] = await controlled.requests({ operation: 'ListModels' });
    expect(first.status).toBeUndefined();
    expect(second.status).toBe(200);
  });
});

describe('a stale read', () => {
  it('answers what the same GET was answered before, once', async () => {
    await controlled.objects.put({ key: 'stale', body: 'old' });
    await controlled.objects.get({ key: 'stale' });
    await controlled.objects.put({ key: 'stale', body: 'new' });
    await controlled.fault({ kind: 'stale', operation: 'GetObject', path: 'stale', count: 1 });
    expect((await controlled.objects.get({ key: 'stale' })).toString()).toBe('old');
    expect((await controlled.objects.get({ key: 'stale' })).toString()).toBe('new');
  });

  it("doesn't see what was just made", async () => {
    const { ModelId } = await controlled.registry.createModel(model('stale'));
    const version = { ModelId, VersionName: '1.0.0' };
    expect((await failure(controlled.registry.getModelVersion(version))).statusCode).toBe(404);
    await controlled.registry.createModelVersion({ ...version, Uri: 'oss://demo-bucket/x' });
    await controlled.fault({ kind: 'stale', operation: 'GetModelVersion', count: 1 });
    expect((await failure(controlled.registry.getModelVersion(version))).statusCode).toBe(404);
    expect((await controlled.registry.getModelVersion(version)).VersionName).toBe('1.0.0');
  });

  it("gives nothing to who isn't let in", async () => {
    await controlled.objects.put({ key: 'secret', body: 'words' });
    await controlled.objects.get({ key: 'secret' });
    await controlled.fault({ kind: 'stale', operation: 'GetObject' });
    const { accessKeyId } = controlled.cloud;
    const { objects } = clientsOf(controlled.cloud, { accessKeyId, accessKeySecret: 'wrong' });
    expect((await failure(objects.get({ key: 'secret' }))).code).toBe('SignatureDoesNotMatch');
  });
});

describe('time', () => {
  it("a clock that is off refuses in each product's own code", async () => {
    await controlled.fault({ kind: 'clockSkew', skewMs: 20 * 60_000 });
    const oss = await failure(controlled.objects.put({ key: 'late', body: 'x' }));
    const pai = await failure(controlled.registry.createModel(model('late')));
    const odps = await failure(controlled.maxcompute.submitSql({ query: 'SELECT 1' }));
    expect(oss).toMatchObject({ code: 'RequestTimeTooSkewed', statusCode: 403 });
    expect(pai).toMatchObject({ code: 'InvalidTimeStamp.Expired', statusCode: 400 });
    expect(odps).toMatchObject({ code: 'RequestTimeTooSkewed', statusCode: 403 });
  });

  it('a clock that is off by less than is allowed changes nothing', async () => {
    await controlled.fault({ kind: 'clockSkew', skewMs: -10 * 60_000 });
    await controlled.objects.put({ key: 'in-time', body: 'x' });
    await controlled.registry.createModel(model('in-time'));
  });

  it("an expired token is refused in each product's own code; a key of one's own is not", async () => {
    const keys = await assumedKeys();
    const { objects, registry, maxcompute } = clientsOf(controlled.cloud, keys);
    await objects.put({ key: 'by-token', body: 'x' });
    await controlled.fault({ kind: 'expiredToken' });
    const oss = await failure(objects.get({ key: 'by-token' }));
    const pai = await failure(registry.createModel(model('by-token')));
    const odps = await failure(maxcompute.submitSql({ query: 'SELECT 1' }));
    expect(oss).toMatchObject({ code: 'SecurityTokenExpired', statusCode: 403 });
    expect(pai).toMatchObject({ code: 'InvalidSecurityToken.Expired', statusCode: 400 });
    expect(odps).toMatchObject({ code: 'SecurityTokenExpired', statusCode: 401 });
    await controlled.objects.get({ key: 'by-token' });
  });
});

/** Temporary keys from the local STS. */
async function assumedKeys() {
  const { endpoint } = controlled.cloud.pai;
  const credentials = { get: async () => controlled.cloud };
  const product = { name: 'sts', version: '2015-04-01', style: 'RPC' } as const;
  const sts = new OpenApi({ endpoint, region: controlled.cloud.region, credentials, product });
  const RoleArn = 'acs:ram::1000000000000000:role/tester';
  const query = { RoleArn, RoleSessionName: 'faults' };
  const { Credentials } = await sts.call<{
    readonly Credentials: {
      readonly AccessKeyId: string;
      readonly AccessKeySecret: string;
      readonly SecurityToken: string;
    };
  }>({ operation: 'AssumeRole', method: 'POST', query });
  return {
    accessKeyId: Credentials.AccessKeyId,
    accessKeySecret: Credentials.AccessKeySecret,
    securityToken: Credentials.SecurityToken,
  };
}
