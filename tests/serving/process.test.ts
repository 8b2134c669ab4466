import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildServing } from '../../serving/build';
import { call } from './http-call';
import { EndedEarly, type ServingProcess, startServing } from './serving-process';
import { smallModel } from './small-model';

const ROW = {
  store: 1,
  temperature: 75.5,
  fuel_price: 3.2,
  holiday_flag: 0,
  unemployment: 8.1,
  cpi: 210.3,
};
const JSON_TYPE = { 'content-type': 'application/json' };
const { model, bytes } = smallModel();
let folder: string;
let bundle: string;
let modelFile: string;
const started: ServingProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serving-test-'));
  bundle = join(folder, 'serving.js');
  modelFile = join(folder, 'model.json');
  await buildServing({ outfile: bundle });
  await writeFile(modelFile, bytes);
});

afterEach(async () => {
  for (const one of started.splice(0)) {
    one.child.kill('SIGKILL');
    await one.exit;
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(args = ['--model', modelFile, '--port', '0'], env = {}) {
  const one = await startServing({ bundle, args, env });
  started.push(one);
  return one;
}

it('is one file, the same bytes wherever it is built, free of native add-ons and of paths', async () => {
  const root = resolve(__dirname, '../..');
  const elsewhere = join(folder, 'another', 'checkout');
  for (const part of ['serving', 'model', 'package.json', 'tsconfig.json']) {
    await cp(join(root, part), join(elsewhere, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(elsewhere, 'node_modules'));
  const outfile = join(folder, 'elsewhere.js');
  const built = await buildServing({ outfile, root: elsewhere });
  const text = readFileSync(bundle, 'utf8');
  expect(readFileSync(outfile, 'utf8')).toBe(text);
  expect(built.bytes).toBe(Buffer.byteLength(text));
  expect(text).not.toMatch(/\.node["']/);
  expect(text).not.toContain(root);
});

it('answers over HTTP, ready by its own sample row', async () => {
  const { url, log } = await start();
  expect((await call({ url: `${url}/health` })).status).toBe(200);
  const row = { ...ROW, date: '2012-10-26' };
  const one = await call({ url: `${url}/predict`, method: 'POST', headers: JSON_TYPE, body: row });
  expect(one.status).toBe(200);
  expect(one.json()).toMatchObject({
    predicted_weekly_sales: model.predict(row).value,
    model_version: 'v_20250710_073527',
  });
  const wrong = await call({
    url: `${url}/`,
    method: 'POST',
    headers: JSON_TYPE,
    body: [row, { ...row, store: 77 }],
  });
  expect([wrong.status, wrong.json().error]).toMatchObject([422, { field: 'store', index: 1 }]);
  expect((await call({ url: `${url}/metrics` })).text).toContain('pai_loop_predictions_total 1\n');
  expect((await call({ url })).json()).toMatchObject({ kind: 'linear' });
  expect(log.map(({ event }) => event)).toEqual(['listening']);
});

it('answers what is no HTTP with 400 and goes on', async () => {
  const { url } = await start();
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.end('no http\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (part) => {
      text += part.toString('utf8');
    });
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"bad_request"/s);
  expect((await call({ url: `${url}/health` })).status).toBe(200);
});

it('takes its port from LISTENING_PORT', async () => {
  const { log } = await start(['--model', modelFile], { LISTENING_PORT: '0' });
  expect(log[0]).toMatchObject({ event: 'listening', modelVersion: 'v_20250710_073527' });
});

it('answers the request that is under way at SIGTERM, then ends with 0', async () => {
  const { child, url, exit, log } = await start();
  const agent = new Agent({ keepAlive: true });
  // A connection that was used before and is kept open must not hold the service back.
  await call({ url: `${url}/health`, agent });
  const text = JSON.stringify(ROW);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    // The service has read the headers when it asks for the rest of the body.
    const headers = { ...JSON_TYPE, 'content-length': String(text.length), expect: '100-continue' };
    const open = request(`${url}/predict`, { method: 'POST', headers, agent }, (got) => {
      got.resume();
      got.on('end', () => resolve(got));
    });
    open.on('error', reject);
    open.on('continue', () => {
      open.write(text.slice(0, 20));
      child.kill('SIGTERM');
      void refused(url).then(() => open.end(text.slice(20)));
    });
    open.flushHeaders();
  });
  const { statusCode, headers } = await answer;
  expect([statusCode, headers.connection]).toEqual([200, 'close']);
  expect(await exit).toBe(0);
  expect(log.map(({ event }) => event)).toEqual(['listening', 'draining', 'stopped']);
  agent.destroy();
});

/** Resolves when the port takes no connection any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    const taken = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (!taken) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('ends with 1 and says why', () => {
  async function reasonOf(args: readonly string[]): Promise<string> {
    const error = await startServing({ bundle, args }).catch((thrown: unknown) => thrown);
    if (!(error instanceof EndedEarly)) throw error;
    expect(error.code).toBe(1);
    expect(error.log[0]).toMatchObject({ level: 'error', event: 'startFailed' });
    return String(error.log[0]!['reason']);
  }

  it.each<[string, string | Buffer, RegExp]>([
    ['no JSON', 'hello', /damaged/],
    ['half a file', bytes.subarray(0, bytes.length / 2), /damaged/],
    ['another format', '{"format":"pai-loop-model/0"}', /pai-loop-model\/0/],
    ['an empty file', '', /damaged/],
  ])('with %s', async (name, content, reason) => {
    const path = join(folder, `${name}.json`);
    await writeFile(path, content);
    const text = await reasonOf(['--model', path, '--port', '0']);
    expect(text).toMatch(reason);
    expect(text).toContain(path);
  });

  it('without a model file', async () => {
    expect(await reasonOf(['--model', join(folder, 'none.json')])).toMatch(/none\.json.*ENOENT/);
    expect(await reasonOf([])).toMatch(/--model is missing/);
  });

  it('with a wrong option', async () => {
    expect(await reasonOf(['--model', modelFile, '--port', '70000'])).toMatch(/--port.*70000/);
    expect(await reasonOf(['--modle', modelFile])).toMatch(/--modle/);
  });
});
