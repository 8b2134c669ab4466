import { startGateway } from '../../gateway/server';
import { signWebhook } from '../../gateway/webhook-signature';
import { call } from '../serving/http-call';
import { type FakeWorld, gatewayOptions, restingWorld } from './fake-sources';

const KEYS = [
  { id: 'old', secret: 'the secret that goes away' },
  { id: 'new', secret: 'the secret that has come' },
];
const NOW = Date.UTC(2026, 10, 24, 7);
const open: { close(): Promise<void> }[] = [];
const lines: unknown[] = [];
afterEach(async () => {
  lines.length = 0;
  for (const gateway of open.splice(0)) await gateway.close();
});

async function start(changes: Partial<FakeWorld> = {}, keys = KEYS) {
  const world = { ...restingWorld(), ...changes };
  const gateway = await startGateway({
    ...gatewayOptions(world),
    webhookKeys: keys,
    now: () => NOW,
    log: (line) => void lines.push(line),
  });
  open.push(gateway);
  return { url: gateway.url, world };
}

/** Sends a body as the holder of a key would; `headers` replace those of a good request. */
function deliver(
  url: string,
  options: {
    readonly body?: string;
    readonly delivery?: string;
    readonly key?: (typeof KEYS)[number];
    readonly at?: number;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
) {
  const { body = '{}', delivery = 'd-1', key = KEYS[1]!, at = NOW, headers } = options;
  const timestamp = String(Math.floor(at / 1000));
  return call({
    url: `${url}/hooks/retrain`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-pai-loop-timestamp': timestamp,
      'x-pai-loop-key-id': key.id,
      'x-pai-loop-delivery': delivery,
      'x-pai-loop-signature': signWebhook({ secret: key.secret, timestamp, body }),
      ...headers,
    },
    body,
  });
}

const startedBy = (world: FakeWorld) => {
  if (world.started instanceof Error) throw world.started;
  return world.started;
};

it('starts the front door for a good delivery, by either key, and answers 202', async () => {
  const { url, world } = await start();
  const body = '{"pipeline":"walmart","environment":"dev","reason":"new week"}';
  const answer = await deliver(url, { body });
  expect([answer.status, answer.json()]).toEqual([
    202,
    { accepted: true, workflowId: 'retrain-hook/new/d-1', repeated: false },
  ]);
  expect((await deliver(url, { key: KEYS[0]!, delivery: 'd-2', body: '' })).status).toBe(202);
  expect(startedBy(world)).toEqual([
    {
      workflowId: 'retrain-hook/new/d-1',
      input: {
        pipeline: 'walmart',
        environment: 'dev',
        reason: 'new week',
        requestedBy: 'webhook key new',
        trigger: 'webhook',
      },
    },
    {
      workflowId: 'retrain-hook/old/d-2',
      input: {
        reason: 'asked for by a webhook',
        requestedBy: 'webhook key old',
        trigger: 'webhook',
      },
    },
  ]);
});

it('counts a repeated delivery once, also when it is signed anew', async () => {
  const { url, world } = await start();
  await deliver(url);
  const again = await deliver(url, { at: NOW + 60_000 });
  expect(again.json()).toMatchObject({ workflowId: 'retrain-hook/new/d-1', repeated: true });
  expect(startedBy(world)).toHaveLength(1);
});

it('starts nothing for a copied request under another delivery id', async () => {
  const { url, world } = await start();
  await deliver(url);
  const copied = await deliver(url, { delivery: 'd-other' });
  expect(copied.json()).toMatchObject({ workflowId: 'retrain-hook/new/d-1', repeated: true });
  expect(startedBy(world)).toHaveLength(1);
});

it('answers every unproven request with the same 401, and nothing happens', async () => {
  const { url, world } = await start();
  const answers = await Promise.all([
    deliver(url, { headers: { 'x-pai-loop-signature': 'f'.repeat(64) } }),
    deliver(url, { headers: { 'x-pai-loop-signature': 'short' } }),
    deliver(url, { headers: { 'x-pai-loop-key-id': 'nobody' } }),
    deliver(url, { headers: { 'x-pai-loop-timestamp': String(NOW / 1000 + 1) } }),
    deliver(url, { at: NOW - 301_000 }),
    deliver(url, { at: NOW + 301_000 }),
    deliver(url, { headers: { 'x-pai-loop-delivery': 'a b' } }),
    call({ url: `${url}/hooks/retrain`, method: 'POST', body: '{}' }),
  ]);
  for (const answer of answers) {
    expect([answer.status, answer.text]).toEqual([
      401,
      '{"error":{"code":"unauthorized","message":"not accepted"}}',
    ]);
  }
  expect(startedBy(world)).toEqual([]);
});

it.each([
  ['not JSON', '{', /not JSON/],
  ['a list', '[]', /body/],
  ['an unknown field', '{"pipelin":"walmart"}', /pipelin/],
  ['a wrong type', '{"reason":1}', /reason/],
  ['an unknown pipeline', '{"pipeline":"target"}', /target.*walmart/],
  ['another environment', '{"environment":"prod"}', /dev.*prod/],
])('refuses a signed body that is %s with 400', async (_name, body, message) => {
  const { url, world } = await start();
  const answer = await deliver(url, { body });
  expect([answer.status, answer.json().error.code]).toEqual([400, 'invalid_request']);
  expect(answer.json().error.message).toMatch(message);
  expect(startedBy(world)).toEqual([]);
});

it('refuses a body over its limit before it looks at it', async () => {
  const { url } = await start();
  expect((await deliver(url, { body: `{"reason":"${'x'.repeat(70_000)}"}` })).status).toBe(413);
});

it('asks to come back when Temporal does not take it; the delivery then counts', async () => {
  const { url, world } = await start({ started: new Error('14 UNAVAILABLE') });
  const away = await deliver(url);
  expect([away.status, away.headers['retry-after']]).toEqual([503, '10']);
  expect(away.text).not.toContain('UNAVAILABLE');
  world.started = [];
  expect((await deliver(url)).json()).toMatchObject({ accepted: true, repeated: false });
});

it('is off without keys', async () => {
  const { url, world } = await start({}, []);
  const answer = await deliver(url);
  expect([answer.status, answer.json().error.code]).toEqual([403, 'webhooks_off']);
  expect(startedBy(world)).toEqual([]);
});

it('keeps secrets, signatures and bodies out of its log', async () => {
  const { url } = await start();
  await deliver(url, { body: '{"reason":"words of the body"}' });
  await deliver(url, { headers: { 'x-pai-loop-signature': 'a'.repeat(64) } });
  expect(lines).toHaveLength(2);
  const text = JSON.stringify(lines);
  for (const { secret } of KEYS) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/words of the body|[0-9a-f]{64}/);
});
