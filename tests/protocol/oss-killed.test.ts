import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openKeyring } from '../../emulator/identity/keyring';
import { openTestOss, spawnOss, storeAt } from './local-oss';

describe('the local OSS', () => {
  it('has every acknowledged object after a kill -9 in mid-writing, and no torn one', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'oss-killed-'));
    try {
      const keyring = await openKeyring({ folder });
      const acknowledged = new Map<string, string>();
      for (let round = 0; round < 3; round += 1) {
        const running = await spawnOss(folder);
        const store = storeAt({ endpoint: running.endpoint, keyring });
        let isKilled = false;
        const write = async (writer: number): Promise<void> => {
          for (let i = 0; !isKilled; i += 1) {
            const key = `w${writer}/${i % 7}`;
            const body = `${round}-${i}-${'x'.repeat(20_000)}`;
            await store.put({ key, body, signal: AbortSignal.timeout(5_000) });
            acknowledged.set(key, body);
          }
        };
        const writers = [0, 1, 2].map((writer) => write(writer).catch(() => undefined));
        while (acknowledged.size < 7 * (round + 1)) await new Promise((r) => setTimeout(r, 5));
        await running.kill();
        isKilled = true;
        await Promise.all(writers);
      }
      const test = await openTestOss(folder);
      for (const [key, body] of acknowledged) {
        const text = (await test.store.get({ key })).toString();
        // The last, unacknowledged write of a key may have arrived too; never a part of it.
        if (text !== body) expect(text).toMatch(/^\d+-\d+-x{20000}$/);
      }
      const blobs = await readdir(path.join(folder, 'oss', 'pai-loop', 'blobs'), {
        recursive: true,
      });
      const files = blobs.filter((name) => name.includes('/'));
      const keys = [];
      for await (const { key } of test.store.list()) keys.push(key);
      expect(files).toHaveLength(keys.length);
      await test.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
