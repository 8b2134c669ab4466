import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { startLocalCloud } from '../../emulator/local-cloud';
import { type ControlledCloud, startControlledCloud } from './controlled-cloud';

let controlled: ControlledCloud;

beforeAll(async () => {
  controlled = await startControlledCloud();
});
afterEach(() => controlled.calm());
afterAll(() => controlled?.close());

const post = (body: unknown) =>
  fetch(`${controlled.url}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('the control port', () => {
  it('is not there unless it was asked for', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'no-control-'));
    const ports = { maxcompute: 0, oss: 0, pai: 0, eas: 0 };
    const place = { project: 'demo', bucket: 'demo-bucket', region: 'cn-hangzhou' };
    const cloud = await startLocalCloud({ folder, ports, ...place });
    expect(cloud.control).toBeUndefined();
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("listens on loopback, behind a path that can't be guessed", async () => {
    const { hostname, origin, pathname } = new URL(controlled.url);
    expect(hostname).toBe('127.0.0.1');
    expect(pathname).toMatch(/^\/[\w-]{24}$/);
    for (const guess of ['/requests', `/${'x'.repeat(24)}/requests`, '/']) {
      expect((await fetch(origin + guess)).status).toBe(404);
    }
    const blind = await fetch(`${origin}/${'x'.repeat(24)}/faults`, { method: 'DELETE' });
    expect(blind.status).toBe(404);
  });

  it('names every route of PAI as its documentation does', async () => {
    const answer = await fetch(`${controlled.url}/operations`);
    const { operations, nameless } = (await answer.json()) as {
      readonly operations: readonly { readonly product: string; readonly operation: string }[];
      readonly nameless: readonly unknown[];
    };
    expect(nameless).toEqual([]);
    expect(operations).toContainEqual({
      product: 'pai-dsw',
      operation: 'CreateInstance',
      supported: true,
    });
    expect(operations).toContainEqual({ product: 'oss', operation: 'PutObject', supported: true });
    expect(operations).toContainEqual({
      product: 'pai-eas',
      operation: 'CreateBenchmarkTask',
      supported: false,
    });
  });

  it('refuses a fault that could never strike, in words', async () => {
    const misspelt = await post({ kind: 'stale', product: 'oss', operation: 'GetObjct' });
    expect(misspelt.status).toBe(400);
    expect(await misspelt.text()).toContain('GetObject');
    for (const wrong of [
      { kind: 'nothing' },
      { kind: 'error', status: 200 },
      { kind: 'slow' },
      { kind: 'stale', product: 'ecs' },
      { kind: 'stale', path: '(' },
      { kind: 'stale', probability: 2 },
      { kind: 'stale', colour: 'red' },
    ]) {
      expect([wrong, (await post(wrong)).status]).toEqual([wrong, 400]);
    }
    expect(await controlled.faults()).toEqual([]);
  });

  it('ends one fault or all of them, and counts what they did', async () => {
    const [first, second] = await controlled.fault(
      { kind: 'error', status: 503, operation: 'HeadObject', path: '/a' },
      { kind: 'error', status: 503, operation: 'HeadObject', skip: 1, count: 1 },
    );
    await controlled.objects.head({ key: 'b' });
    await controlled.objects.head({ key: 'b' });
    expect(await controlled.faults()).toMatchObject([
      { id: first.id, matched: 0, struck: 0 },
      { id: second.id, matched: 3, struck: 1 },
    ]);
    const gone = await fetch(`${controlled.url}/faults/${first.id}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    expect(await controlled.faults()).toHaveLength(1);
    const again = await fetch(`${controlled.url}/faults/${first.id}`, { method: 'DELETE' });
    expect(again.status).toBe(404);
  });
});

describe('the request log', () => {
  it('has every request with its operation, status, code and client', async () => {
    await controlled.objects.put({ key: 'a/b', body: 'x' });
    await controlled.objects.head({ key: 'absent' });
    await controlled.registry.getModel({ ModelId: 'model-none' }).catch(() => undefined);
    await controlled.maxcompute.describeTable({ table: 'absent' });
    const seen = (await controlled.requests()).map(
      ({ product, operation, status, code, client }) => [
        product,
        operation,
        status,
        code,
        client.split(' ')[0],
      ],
    );
    expect(seen).toEqual([
      ['oss', 'PutObject', 200, undefined, 'ali-oss'],
      ['oss', 'HeadObject', 404, 'NoSuchKey', 'ali-oss'],
      ['aiworkspace', 'GetModel', 404, expect.any(String), 'pai-loop'],
      ['maxcompute', 'GetTable', 404, 'NoSuchTable', 'pai-loop'],
    ]);
  });

  it('can be read from an id on, by operation, and emptied', async () => {
    for (const key of ['1', '2', '3']) await controlled.objects.put({ key, body: key });
    await controlled.objects.get({ key: '2' });
    const puts = await controlled.requests({ operation: 'PutObject' });
    expect(puts).toHaveLength(3);
    const later = await controlled.requests({ after: String(puts[1].id) });
    expect(later.map(({ operation }) => operation)).toEqual(['PutObject', 'GetObject']);
    await controlled.calm();
    expect(await controlled.requests()).toEqual([]);
  });

  it('keeps no signature of a presigned URL and no key of a role', async () => {
    const { oss, pai, accessKeyId } = controlled.cloud;
    const query = `OSSAccessKeyId=${accessKeyId}&Expires=1&Signature=s3cret`;
    await fetch(`${oss.endpoint}/${oss.bucket}/x?${query}`);
    await fetch(`${pai.endpoint}/role-credentials/s3cret`);
    const text = JSON.stringify(await controlled.requests());
    expect(text).toContain('role-credentials');
    expect(text).not.toContain('s3cret');
    expect(text).not.toContain(accessKeyId);
  });

  it('has a request that was broken off by its client, without a status', async () => {
    await controlled.fault({ kind: 'slow', operation: 'ListBuckets', delayMs: 60_000 });
    const request = http.get(`${controlled.cloud.oss.endpoint}/`).on('error', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    request.destroy();
    let requests = await controlled.requests();
    while (requests.length === 0) requests = await controlled.requests();
    expect(requests[0]).toMatchObject({ operation: 'ListBuckets', withheld: 403 });
    expect(requests[0].status).toBeUndefined();
  });
});
