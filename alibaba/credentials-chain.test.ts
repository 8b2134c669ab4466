import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCredentials } from './credentials-chain';

const NAMES = [
  'ALIBABA_CLOUD_CREDENTIALS_URI',
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
] as const;
const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

let answers: (request: number) => Answer;
let requests: number;
let server: http.Server;

beforeEach(async () => {
  for (const name of NAMES) delete process.env[name];
  requests = 0;
  server = http.createServer((_request, response) => {
    requests++;
    const { status = 200, body } = answers(requests);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  for (const name of NAMES) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

function useUri(): void {
  const { port } = server.address() as AddressInfo;
  process.env.ALIBABA_CLOUD_CREDENTIALS_URI = `http://127.0.0.1:${port}/credentials`;
}

function roleKeys(number: number, seconds: number): Answer {
  return {
    body: {
      Code: 'Success',
      AccessKeyId: `STS.${number}`,
      AccessKeySecret: `secret-${number}`,
      SecurityToken: `token-${number}`,
      Expiration: new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, ''),
    },
  };
}

test('explicit keys are used as they are, with or without a token', async () => {
  process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'other';
  process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = 'other';
  const keys = { accessKeyId: 'id', accessKeySecret: 'secret' };
  expect(await createCredentials(keys).get()).toEqual(keys);
  const temporary = { ...keys, securityToken: 'token' };
  expect(await createCredentials(temporary).get()).toEqual(temporary);
});

test('without explicit keys those of the environment are used, before the URI', async () => {
  useUri();
  process.env.ALIBABA_CLOUD_ACCESS_KEY_ID = 'from-env';
  process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET = 'env-secret';
  const found = await createCredentials({ accessKeyId: '', accessKeySecret: '' }).get();
  expect(found).toEqual({ accessKeyId: 'from-env', accessKeySecret: 'env-secret' });
  expect(requests).toBe(0);
});

test('an id without its secret is refused at once', () => {
  expect(() => createCredentials({ accessKeyId: 'id' })).toThrow(
    expect.objectContaining({ code: 'IncompleteCredentials', retryable: false }),
  );
});

test('role keys come from the credentials URI, and are kept while they are fresh', async () => {
  useUri();
  answers = (number) => roleKeys(number, 3600);
  const credentials = createCredentials();
  const found = { accessKeyId: 'STS.1', accessKeySecret: 'secret-1', securityToken: 'token-1' };
  expect(await Promise.all([credentials.get(), credentials.get()])).toEqual([found, found]);
  expect(await credentials.get()).toEqual(found);
  expect(requests).toBe(1);
});

test('role keys are fetched anew before they end', async () => {
  useUri();
  answers = (number) => roleKeys(number, number === 1 ? 3600 : 7200);
  const credentials = createCredentials();
  expect((await credentials.get()).accessKeyId).toBe('STS.1');
  const clock = jest.spyOn(Date, 'now');
  try {
    const start = Date.now();
    clock.mockReturnValue(start + 44 * 60_000);
    expect((await credentials.get()).accessKeyId).toBe('STS.1');
    clock.mockReturnValue(start + 46 * 60_000); // 14 minutes are left
    expect((await credentials.get()).accessKeyId).toBe('STS.2');
  } finally {
    clock.mockRestore();
  }
});

test('a refresh that fails leaves the keys in use that are still valid', async () => {
  useUri();
  answers = (number) => (number === 1 ? roleKeys(1, 600) : { status: 500, body: {} });
  const credentials = createCredentials();
  expect((await credentials.get()).accessKeyId).toBe('STS.1');
  expect((await credentials.get()).accessKeyId).toBe('STS.1');
  expect(requests).toBeGreaterThan(1);
});

test('an answer without keys is an error that does not quote what it holds', async () => {
  useUri();
  answers = () => ({ body: { Code: 'Success', AccessKeyId: 'STS.1', AccessKeySecret: 'hush' } });
  const failure = await createCredentials()
    .get()
    .catch((error: Error) => error);
  expect(failure).toMatchObject({ code: 'CredentialsUnavailable', product: 'credentials' });
  expect(JSON.stringify(failure) + (failure as Error).message).not.toContain('hush');
});
