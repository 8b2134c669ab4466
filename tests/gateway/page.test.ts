import { startGateway } from '../../gateway/server';
import { call } from '../serving/http-call';
import {
  absentGroup,
  type FakeWorld,
  gatewayOptions,
  LIFECYCLE,
  restingWorld,
  run,
  service,
  version,
} from './fake-sources';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function start(changes: Partial<FakeWorld> = {}) {
  const world = { ...restingWorld(), ...changes };
  const gateway = await startGateway(gatewayOptions(world));
  open.push(gateway);
  return { url: gateway.url, world };
}

/** The page without tags, entities resolved, spaces joined: what a person reads. */
function read(html: string): string {
  return html
    .replace(/<(script|style)>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
}

const textOf = async (url: string) => read((await call({ url })).text);

describe('the page', () => {
  it('says what serves, how good it is, who approved it and how it came to be', async () => {
    const { url } = await start();
    const answer = await call({ url });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const text = read(answer.text);
    expect(text).toContain('v_20261124_060509 Linear regression, validation R² 0.9431 , 100 %');
    expect(text).toContain('Running 100 % 1 of 1');
    expect(text).toContain('Linear regression 0.9545 0.9431 Approved 100 % 2026-11-24 06:06:11');
    expect(text).toContain('20261124_060509 deployed Linear regression 0.9431');
    expect(text).toContain('42 s Promoted: validation R² 0.9431 is above 0.9.');
    expect(text).toContain('waiting for a request');
    expect(answer.text).toContain(
      'http://127.0.0.1:8233/namespaces/pai-loop-dev/workflows/retrain-run%2Fwalmart%2Fdev%2F20261124_060509/0190-execution/history',
    );
  });

  it('shows a canary with the share of each version, and a failed service with its words', async () => {
    const label = (value: string) => [{ LabelKey: 'pai-loop-model-version', LabelValue: value }];
    const { url } = await start({
      services: [
        service({ ServiceName: 'b', Weight: 10, Labels: label('v_b') }),
        service({ ServiceName: 'a', Weight: 90, Labels: label('v_a') }),
        service({ ServiceName: 'c', Weight: 0, Status: 'Failed', Message: 'exited with 1' }),
        service({ ServiceName: 'd', Weight: 50, TrafficState: 'standalone' }),
        service({ ServiceName: 'foreign', ServiceGroup: 'walmart_dev_2', Weight: 50 }),
      ],
    });
    const answer = await call({ url });
    expect(answer.text).toContain('aria-label="Traffic: v_a 90 %, v_b 10 %"');
    const text = read(answer.text);
    expect(text).toContain('Failed exited with 1');
    expect(text).not.toContain('foreign');
    expect(text).toContain('Champion v_20261124_060509 EAS says otherwise');
  });

  it('shows an open run with its phase, and the other ends of runs', async () => {
    const { url } = await start({
      runs: [
        run({ status: 'running', phase: 'train', endedAt: undefined, outcome: undefined }),
        run({ outcome: 'notPromoted', reason: 'R² 0.83 is below 0.9.' }),
        run({ status: 'timed out', outcome: undefined, reason: 'took too long' }),
      ],
      lifecycle: {
        ...LIFECYCLE,
        phase: 'running',
        openRun: { runId: 'r1', modelVersion: 'v_r1', workflowId: 'retrain-run/walmart/dev/r1' },
      },
    });
    const text = await textOf(url);
    expect(text).toContain('a run is open Open run r1');
    for (const words of [' train ', 'not promoted', 'timed out', 'took too long']) {
      expect(text).toContain(words);
    }
  });

  it('is full of sentences before anything has happened', async () => {
    const { url } = await start({
      group: absentGroup(),
      services: [],
      versions: [],
      runs: [],
      lifecycle: undefined,
    });
    const text = await textOf(url);
    expect(text).toContain('Nothing serves yet');
    expect(text).toContain('No version has been registered yet');
    expect(text).toContain('No run yet');
    expect(text).toContain('Not started yet');
    expect(text).toContain('Possible as soon as something serves');
  });

  it('says of each source that fails that it does, and shows the others', async () => {
    const { url, world } = await start({
      group: new Error('connect ECONNREFUSED'),
      runs: new Error('14 UNAVAILABLE'),
    });
    const text = await textOf(url);
    expect(text).toContain("EAS can't be reached: connect ECONNREFUSED");
    expect(text).toContain("Temporal can't be reached: 14 UNAVAILABLE");
    expect(text).toContain('Approved – 2026-11-24');
    expect(text).toContain('waiting for a request');
    expect(world.versions).toHaveLength(1);
  });

  it('escapes whatever a source says', async () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const { url } = await start({
      services: [service({ Status: 'Failed', Message: evil, ServiceName: evil })],
      versions: [version({ Labels: [{ Key: 'model_kind', Value: evil }] })],
      runs: [run({ reason: evil, runId: evil })],
      lifecycle: { ...LIFECYCLE, servingVersion: evil },
    });
    const { text } = await call({ url });
    expect(text).not.toContain('<img');
    expect(read(text)).toContain(evil);
  });

  it('may run its own script and style and nothing else', async () => {
    const { url } = await start();
    const { headers, text } = await call({ url });
    const policy = String(headers['content-security-policy']);
    const { createHash } = await import('node:crypto');
    for (const tag of ['script', 'style']) {
      const inner = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(text)![1]!;
      expect(policy).toContain(`'sha256-${createHash('sha256').update(inner).digest('base64')}'`);
    }
    expect(policy).toContain("default-src 'none'");
    expect(text).not.toMatch(/ style=|\son\w+=|(src|href)="https?:\/\/(?!127\.0\.0\.1:8233)/);
  });

  it('shows the token to this machine alone', async () => {
    const { url, world } = await start();
    expect(await textOf(url)).toContain('Authorization: group-token-1');
    const foreign = await call({ url, headers: { host: 'rebound.example' } });
    expect(foreign.text).not.toContain('group-token-1');
    expect(read(foreign.text)).toContain('$EAS_TOKEN');
    const everywhere = await startGateway({ ...gatewayOptions(world), host: '0.0.0.0' });
    open.push(everywhere);
    const { text } = await call({ url: `http://127.0.0.1:${new URL(everywhere.url).port}` });
    expect(text).not.toContain('group-token-1');
    expect((await call({ url: `${url}/api/status` })).text).not.toContain('group-token-1');
  });
});

describe('the status as JSON', () => {
  it('holds what the page shows, and a digest that changes with it', async () => {
    let now = Date.UTC(2026, 10, 24, 7);
    const world = restingWorld();
    const gateway = await startGateway({ ...gatewayOptions(world), now: () => now });
    open.push(gateway);
    const ask = async () => (await call({ url: `${gateway.url}/api/status` })).json();
    const first = await ask();
    expect(first).toMatchObject({
      environment: 'dev',
      at: '2026-11-24T07:00:00.000Z',
      pipelines: [
        {
          name: 'walmart',
          serving: { ok: true, value: { group: 'walmart_dev', services: [{ share: 1 }] } },
          versions: { ok: true, value: [{ validationR2: 0.943051, approval: 'Approved' }] },
          lifecycle: { ok: true, value: { phase: 'idle' } },
        },
      ],
      runs: { ok: true, value: [{ runId: '20261124_060509', outcome: 'deployed' }] },
    });
    expect((await call({ url: gateway.url })).text).toContain(`data-digest="${first['digest']}"`);
    now += 10_000;
    expect((await ask())['digest']).toBe(first['digest']);
    world.versions = new Error('away');
    now += 10_000;
    const later = await ask();
    expect(later['digest']).not.toBe(first['digest']);
    expect(later).toMatchObject({ pipelines: [{ versions: { ok: false } }] });
  });

  it('asks the sources once for many who look at the same time', async () => {
    let asked = 0;
    const options = gatewayOptions(restingWorld());
    const gateway = await startGateway({
      ...options,
      now: () => 0,
      loop: {
        ...options.loop,
        recentRuns: async (input) => {
          asked += 1;
          return options.loop.recentRuns(input);
        },
      },
    });
    open.push(gateway);
    await Promise.all(Array.from({ length: 20 }, () => call({ url: `${gateway.url}/api/status` })));
    expect(asked).toBe(1);
  });
});

it('answers /healthz, and other addresses with 404', async () => {
  const { url } = await start();
  expect((await call({ url: `${url}/healthz` })).json()).toEqual({ status: 'ok' });
  const nowhere = await call({ url: `${url}/nowhere` });
  expect([nowhere.status, nowhere.json().error.code]).toEqual([404, 'not_found']);
});
