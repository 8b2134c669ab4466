import { readFileSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { startTestPai, type TestPai } from './local-pai';

let pai: TestPai;

beforeAll(async () => {
  pai = await startTestPai();
});

afterAll(async () => {
  await pai.close();
});

/** Asks the endpoint for a tunnel; gives the first line of the answer and the open socket. */
function tunnel(target: string): Promise<{ readonly line: string; readonly socket: Socket }> {
  const { hostname, port } = new URL(pai.pai.endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    socket.once('data', (data) => {
      resolve({ line: data.toString('latin1').split('\r\n')[0], socket });
    });
  });
}

/** One unsigned request through TLS that is checked against the authority's certificate. */
async function ask(host: string, ca: Buffer): Promise<string> {
  const { line, socket } = await tunnel(`${host}:443`);
  expect(line).toBe('HTTP/1.1 200 Connection Established');
  const secure = tls.connect({ socket, servername: host, ca });
  return new Promise((resolve, reject) => {
    let answer = '';
    secure.once('error', reject);
    secure.on('data', (data) => {
      answer += data.toString('utf8');
    });
    secure.once('end', () => resolve(answer));
    secure.write(`GET /api/v1/jobs HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

test('the products answer by their public names, with a certificate of the folder’s authority', async () => {
  const ca = readFileSync(pai.pai.certificateFile);
  for (const host of [
    'pai-dlc.cn-hangzhou.aliyuncs.com',
    'aiworkspace-vpc.ap-southeast-1.aliyuncs.com',
    'sts.aliyuncs.com',
  ]) {
    const answer = await ask(host, ca);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"Code":"MissingAuthorization"');
  }
});

test('who has not been given the authority’s certificate does not trust it', async () => {
  const { socket } = await tunnel('pai-dlc.cn-hangzhou.aliyuncs.com:443');
  const secure = tls.connect({ socket, servername: 'pai-dlc.cn-hangzhou.aliyuncs.com' });
  const error = await new Promise<Error>((resolve) => secure.once('error', resolve));
  expect(error.message).toMatch(/self.signed certificate|unable to (get|verify)/);
  socket.destroy();
});

test.each([
  'example.com:443',
  'pai-dlc.cn-hangzhou.aliyuncs.com:22',
  'oss-cn-hangzhou.aliyuncs.com:443',
  'pai-dlc.cn-hangzhou.aliyuncs.com.example.com:443',
  'x',
])('connects to nowhere else: %s', async (target) => {
  const { line, socket } = await tunnel(target);
  expect(line).toBe('HTTP/1.1 403 Forbidden');
  socket.destroy();
});

test('the authority stays the same over a restart, its key is for the owner alone', async () => {
  const before = readFileSync(pai.pai.certificateFile, 'utf8');
  pai = await pai.restart();
  expect(readFileSync(pai.pai.certificateFile, 'utf8')).toBe(before);
  const key = path.join(path.dirname(pai.pai.certificateFile), 'authority-key.pem');
  expect(statSync(key).mode & 0o777).toBe(0o600);
});
