import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openKeyring } from './keyring';
import { createReplayGuard } from './replay-guard';

describe('the keyring', () => {
  let folder: string;
  let now: Date;
  const clock = (): Date => now;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'keyring-'));
    now = new Date('2025-07-10T07:35:27Z');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes its static pair once, for the owner’s eyes only', async () => {
    const first = await openKeyring({ folder, clock });
    const second = await openKeyring({ folder, clock });
    expect(second.root).toEqual(first.root);
    expect(first.root.accessKeyId).toMatch(/^LTAI\w{20}$/);
    expect(first.root.accessKeySecret).toMatch(/^\w{30}$/);
    expect((await stat(path.join(folder, 'keyring.json'))).mode & 0o777).toBe(0o600);
    const { accessKeyId, accessKeySecret } = first.root;
    expect(second.find({ accessKeyId })).toEqual({ kind: 'key', secret: accessKeySecret });
  });

  it('knows its temporary keys until they end, also after a restart', async () => {
    const issued = (await openKeyring({ folder, clock })).issueToken({
      role: 'train',
      seconds: 900,
    });
    expect(issued.expiration).toBe('2025-07-10T07:50:27Z');
    const keyring = await openKeyring({ folder, clock });
    const secret = issued.accessKeySecret;
    expect(keyring.find(issued)).toEqual({ kind: 'key', secret, role: 'train' });
    now = new Date('2025-07-10T07:50:26Z');
    expect(keyring.find(issued).kind).toBe('key');
    now = new Date('2025-07-10T07:50:27Z');
    expect(keyring.find(issued).kind).toBe('expired');
  });

  it('believes no forged, foreign or missing token', async () => {
    const keyring = await openKeyring({ folder, clock });
    const one = keyring.issueToken({ role: 'a', seconds: 900 });
    const two = keyring.issueToken({ role: 'b', seconds: 900 });
    const { accessKeyId, securityToken } = one;
    expect(keyring.find({ accessKeyId }).kind).toBe('unknown');
    expect(keyring.find({ accessKeyId, securityToken: two.securityToken }).kind).toBe('badToken');
    const [payload, signature] = securityToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const longer = Buffer.from(JSON.stringify({ ...claims, ends: 9e9 })).toString('base64url');
    for (const forged of [`${longer}.${signature}`, payload, `${payload}.`, 'x.y', '']) {
      expect(keyring.find({ accessKeyId, securityToken: forged }).kind).not.toBe('key');
    }
    const { root } = keyring;
    expect(keyring.find({ accessKeyId: root.accessKeyId, securityToken }).kind).toBe('badToken');
    expect(keyring.find({ accessKeyId: 'LTAInobody' }).kind).toBe('unknown');
  });
});

describe('the replay guard', () => {
  it('admits a nonce once within its window, and forgets it after', () => {
    let at = 0;
    const guard = createReplayGuard({ windowMs: 1000, clock: () => new Date(at) });
    expect(guard.admit('a')).toBe(true);
    at = 1000;
    expect(guard.admit('a')).toBe(false);
    expect(guard.admit('b')).toBe(true);
    at = 1001;
    expect(guard.admit('a')).toBe(true);
    expect(guard.admit('b')).toBe(false);
  });
});
