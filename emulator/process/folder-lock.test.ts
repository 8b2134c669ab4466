import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FolderInUseError, lockFolder } from './folder-lock';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'folder-lock-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('one holder at a time, again after it has let go', async () => {
  const unlock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(FolderInUseError);
  await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid}`);
  await unlock();
  await (await lockFolder(folder))();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a process that is gone does not count, nor does a torn one', async () => {
  const lock = path.join(folder, 'lock.json');
  await writeFile(lock, JSON.stringify({ pid: process.pid, startedAt: 'before' }));
  await (await lockFolder(folder))();
  await writeFile(lock, '{"pid":');
  await (await lockFolder(folder))();
});
