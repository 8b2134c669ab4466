import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type LocalOss, startOss } from '../../emulator/oss/server';
import {
  type RecordedRequest,
  readRecording,
  recordedKeyring,
  replay,
  tampered,
  withHeader,
} from './recorded';

/** What each recorded request gets from an OSS that knows nothing but what the earlier ones put there. */
const EXPECTED: Record<string, number> = {
  put: 200,
  'put forbidding overwrite': 200,
  'put with temporary keys': 200,
  get: 200,
  'get range': 206,
  'get overriding headers': 200,
  head: 200,
  exists: 200,
  copy: 200,
  append: 200,
  list: 200,
  'list V2': 200,
  'start upload': 200,
  // The recorded upload id was given by the recording server: signed well, but unknown here.
  'upload part': 404,
  'list parts': 404,
  'complete upload': 404,
  'abort upload': 404,
  'delete many': 200,
  delete: 204,
  'bucket info': 200,
  'list buckets': 200,
  // By then the objects have been deleted.
  'presigned get': 404,
  'presigned put': 200,
  'presigned get with temporary keys': 404,
};

describe.each(['v1', 'v4'])('what oss2 signed with %s', (version) => {
  const recording = readRecording(`oss/oss2-${version}.json`);
  let folder: string;
  let oss: LocalOss;
  let now = new Date(0);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'oss-recorded-'));
    const { bucket, region } = recording;
    const keyring = recordedKeyring(recording);
    const clock = () => now;
    oss = await startOss({ folder, host: '127.0.0.1', port: 0, keyring, bucket, region, clock });
  });
  afterAll(async () => {
    await oss.close();
    await rm(folder, { recursive: true });
  });

  const send = (request: RecordedRequest, seconds = 0) => {
    now = new Date((request.at + seconds) * 1000);
    return replay(oss.endpoint, request);
  };

  it('is carried out', async () => {
    const statuses: Record<string, number> = {};
    const bodies: Record<string, string> = {};
    for (const request of recording.requests) {
      const answer = await send(request);
      statuses[request.name] = answer.status;
      bodies[request.name] = answer.body;
    }
    expect(statuses).toEqual(EXPECTED);
    expect(bodies['get']).toBe('hello');
    expect(bodies['get range']).toBe('ell');
    expect(bodies['upload part']).toContain('<Code>NoSuchUpload</Code>');
    expect(bodies['list']).toContain(encodeURIComponent(recording.key));
    expect(bodies['presigned get']).toContain('<Code>NoSuchKey</Code>');
  });

  it('is refused when the address, the signature or the time was changed', async () => {
    const code = async (request: RecordedRequest, seconds?: number): Promise<string | number> => {
      const answer = await send(request, seconds);
      return /<Code>(\w+)<\/Code>/.exec(answer.body)?.[1] ?? answer.status;
    };
    for (const request of recording.requests) {
      const expected = request.method === 'HEAD' ? 403 : 'SignatureDoesNotMatch';
      const isPresigned = request.name.startsWith('presigned');
      if (request.name !== 'list buckets') {
        const elsewhere = { ...request, url: request.url.replace(/^\/pai-loop\//, '/pai-loop/x') };
        expect([request.name, await code(elsewhere)]).toEqual([request.name, expected]);
      }
      const resigned = isPresigned
        ? { ...request, url: request.url.replace(/(ignature=)[^&]+/, '$17777') }
        : withHeader(request, 'authorization', tampered);
      expect([request.name, await code(resigned)]).toEqual([request.name, expected]);
      const late =
        request.method === 'HEAD' ? 403 : isPresigned ? 'AccessDenied' : 'RequestTimeTooSkewed';
      expect([request.name, await code(request, 901)]).toEqual([request.name, late]);
    }
  });

  it('is refused with a key or token that is not known', async () => {
    const [request] = recording.requests;
    const unknown = withHeader(request, 'authorization', (value) =>
      value.replace('recorded', 'forgotten'),
    );
    expect((await send(unknown)).body).toContain('<Code>InvalidAccessKeyId</Code>');
    const temporary = recording.requests.find(({ name }) => name === 'put with temporary keys');
    const forged = withHeader(temporary as RecordedRequest, 'x-oss-security-token', tampered);
    expect((await send(forged)).body).toContain('<Code>InvalidSecurityToken</Code>');
  });
});
