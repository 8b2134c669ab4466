import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import type { CloudError } from '../../alibaba/cloud-error';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import { type Keyring, openKeyring } from '../../emulator/identity/keyring';
import { AiWorkspace } from '../../emulator/pai/aiworkspace/ai-workspace';
import { registerAiWorkspace } from '../../emulator/pai/aiworkspace/routes';
import { installOpenApi } from '../../emulator/pai/openapi-app';

const Uri = 'oss://pai-loop.oss-cn-hangzhou.aliyuncs.com/models/v_1/model.json';

describe('the Model Registry', () => {
  let folder: string;
  let keyring: Keyring;
  let app: FastifyInstance;
  let registry: ModelRegistry;

  const start = async (): Promise<void> => {
    app = fastify({ forceCloseConnections: true });
    const context = {
      folder,
      keyring,
      region: 'cn-hangzhou',
      accountId: '1000000000000000',
      clock: () => new Date(),
    };
    installOpenApi(app, context);
    registerAiWorkspace({ app, context, aiWorkspace: new AiWorkspace(context) });
    const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
    const credentials = { get: async () => keyring.root };
    registry = new ModelRegistry({ endpoint, region: 'cn-hangzhou', credentials, attempts: 1 });
  };
  const failure = (call: Promise<unknown>): Promise<CloudError> =>
    call.then(
      () => Promise.reject(new Error('the call should have failed')),
      (error: CloudError) => error,
    );

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'registry-'));
    keyring = await openKeyring({ folder });
    await start();
  });
  afterEach(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('keeps models and versions, also over a restart', async () => {
    const { ModelId } = await registry.createModel({
      ModelName: 'walmart_dev',
      ModelDescription: 'weekly sales – größer als 0',
      Labels: [{ Key: 'pipeline', Value: 'walmart' }],
    });
    const created = await registry.createModelVersion({
      ModelId,
      Uri,
      VersionName: '1.0.0_20250710073527',
      Metrics: { linear: { validation_r2: 0.9431 } },
      Labels: [{ Key: 'model_version', Value: 'v_20250710_073527' }],
    });
    expect(created.VersionName).toBe('1.0.0_20250710073527');
    await app.close();
    await start();

    const version = await registry.getModelVersion({ ModelId, VersionName: created.VersionName });
    expect(version).toMatchObject({
      VersionName: '1.0.0_20250710073527',
      Uri,
      ApprovalStatus: 'Pending',
      SourceType: 'Custom',
      Metrics: { linear: { validation_r2: 0.9431 } },
      Labels: [{ Key: 'model_version', Value: 'v_20250710_073527' }],
    });
    const model = await registry.findModel({ ModelName: 'walmart_dev' });
    expect(model).toMatchObject({
      ModelId,
      ModelDescription: 'weekly sales – größer als 0',
      Labels: [{ Key: 'pipeline', Value: 'walmart' }],
      LatestVersion: { VersionName: '1.0.0_20250710073527' },
    });
  });

  it('finds a model by its whole name only when the name is quoted', async () => {
    for (const ModelName of ['sales', 'sales_dev', 'Sales_prod']) {
      await registry.createModel({ ModelName });
    }
    const names = async (ModelName: string): Promise<string[]> =>
      (await registry.listModels({ ModelName })).Models.map((model) => model.ModelName);
    expect(await names('sales')).toEqual(['sales', 'sales_dev', 'Sales_prod']);
    expect(await names('"sales"')).toEqual(['sales']);
    expect(await registry.findModel({ ModelName: 'sale' })).toBeUndefined();
  });

  it('pages through a long list in both orders', async () => {
    const { ModelId } = await registry.createModel({ ModelName: 'many' });
    const expected: string[] = [];
    for (let i = 0; i < 23; i += 1) {
      const { VersionName } = await registry.createModelVersion({ ModelId, Uri });
      expected.push(VersionName);
    }
    expect(expected.slice(0, 3)).toEqual(['0.1.0', '0.2.0', '0.3.0']);
    const page = await registry.listModelVersions({ ModelId, PageNumber: 3, Order: 'DESC' });
    expect(page.TotalCount).toBe(23);
    expect(page.Versions.map(({ VersionName }) => VersionName)).toEqual([
      '0.3.0',
      '0.2.0',
      '0.1.0',
    ]);
    const all: string[] = [];
    for await (const version of registry.allModelVersions({ ModelId }))
      all.push(version.VersionName);
    expect(all).toEqual(expected);
  });

  it('changes approval and labels, and filters by them', async () => {
    const { ModelId } = await registry.createModel({ ModelName: 'm' });
    const first = { ModelId, VersionName: '1.0.0_1' };
    await registry.createModelVersion({ ...first, Uri });
    await registry.createModelVersion({ ModelId, VersionName: '1.0.0_2', Uri });
    await registry.updateModelVersion({ ...first, ApprovalStatus: 'Approved' });
    await registry.createModelVersionLabels({
      ...first,
      Labels: [
        { Key: 'stage', Value: 'champion' },
        { Key: 'run', Value: '1' },
      ],
    });
    await registry.createModelVersionLabels({ ...first, Labels: [{ Key: 'run', Value: '2' }] });
    const listed = async (filter: object): Promise<string[]> =>
      (await registry.listModelVersions({ ModelId, ...filter })).Versions.map((v) => v.VersionName);
    expect(await listed({ ApprovalStatus: 'Approved' })).toEqual(['1.0.0_1']);
    expect(await listed({ Label: 'champion' })).toEqual(['1.0.0_1']);
    expect(await listed({ VersionName: '"1.0.0_2"' })).toEqual(['1.0.0_2']);
    await registry.deleteModelVersionLabels({ ...first, LabelKeys: ['stage'] });
    const { Labels } = await registry.getModelVersion(first);
    expect(Labels).toEqual([{ Key: 'run', Value: '2' }]);
  });

  it('refuses what the real registry refuses', async () => {
    const { ModelId } = await registry.createModel({ ModelName: 'taken' });
    const version = (fields: object) => registry.createModelVersion({ ModelId, Uri, ...fields });
    await version({ VersionName: '1.0.0' });
    const refusals: [Promise<unknown>, object][] = [
      [
        registry.createModel({ ModelName: 'taken' }),
        { code: 'ModelNameAlreadyExists', statusCode: 400 },
      ],
      [registry.createModel({ ModelName: '' }), { code: 'InvalidParameter' }],
      [registry.createModel({ ModelName: 'x'.repeat(128) }), { code: 'InvalidParameter' }],
      [version({ VersionName: '1.0.0' }), { code: 'ModelVersionAlreadyExists', statusCode: 400 }],
      [version({ VersionName: 'v_20250710_073527' }), { code: 'InvalidParameter' }],
      [version({ VersionName: '1.0' }), { code: 'InvalidParameter' }],
      [version({ Metrics: { text: 'x'.repeat(8192) } }), { code: 'InvalidParameter' }],
      [version({ Uri: undefined }), { code: 'MissingParameter' }],
      [version({ Uri: '/tmp/model.json' }), { code: 'InvalidParameter' }],
      [version({ ApprovalStatus: 'approved' }), { code: 'InvalidParameter' }],
      [version({ SourceType: 'PAIFlow', SourceId: 'mine' }), { code: 'InvalidParameter' }],
      [registry.getModel({ ModelId: 'model-none' }), { code: 'ModelNotFound', statusCode: 404 }],
      [
        registry.getModelVersion({ ModelId, VersionName: '9.9.9' }),
        { code: 'ModelVersionNotFound' },
      ],
    ];
    for (const [call, expected] of refusals) {
      const error = await failure(call);
      expect(error).toMatchObject({ retryable: false, ...expected });
      expect(error.requestId).toMatch(/^[0-9A-F-]{36}$/);
    }
    expect((await registry.listModelVersions({ ModelId })).TotalCount).toBe(1);
  });

  it('takes metrics of exactly 8,192 bytes', async () => {
    const { ModelId } = await registry.createModel({ ModelName: 'metrics' });
    const Metrics = { t: 'x'.repeat(8192 - '{"t":""}'.length) };
    await registry.createModelVersion({ ModelId, Uri, Metrics });
    expect((await registry.getModel({ ModelId })).LatestVersion?.Metrics).toEqual(Metrics);
  });

  it('deletes versions and models', async () => {
    const { ModelId } = await registry.createModel({ ModelName: 'gone' });
    await registry.createModelVersion({ ModelId, Uri });
    await registry.deleteModelVersion({ ModelId, VersionName: '0.1.0' });
    expect((await registry.getModel({ ModelId })).LatestVersion).toBeUndefined();
    await registry.deleteModel({ ModelId });
    expect(await registry.findModel({ ModelName: 'gone' })).toBeUndefined();
    await registry.createModel({ ModelName: 'gone' });
  });

  it('loses no change of many at once, and ignores what a killed process left half written', async () => {
    const { ModelId } = await registry.createModel({ ModelName: 'busy' });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        registry.createModelVersion({ ModelId, Uri, VersionName: `1.0.${i}` }),
      ),
    );
    await app.close();
    const models = path.join(folder, 'aiworkspace', 'models');
    const [file] = await readdir(models);
    await writeFile(path.join(models, `${file}.tmp`), '{"ModelId":"model-torn');
    await start();
    expect((await registry.listModelVersions({ ModelId })).TotalCount).toBe(20);
    expect((await registry.listModels()).TotalCount).toBe(1);
  });
});
