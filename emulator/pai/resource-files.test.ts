import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ResourceFiles } from './resource-files';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'resource-files-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('the newest version wins, whatever is written meanwhile', async () => {
  const files = new ResourceFiles<{ n: number }>(folder);
  const saves = Array.from({ length: 50 }, (_, n) => files.save('a', { n }));
  await Promise.all([...saves, files.save('b', { n: -1 })]);
  expect(new ResourceFiles<{ n: number }>(folder).load()).toEqual([{ n: 49 }, { n: -1 }]);
  expect(await readdir(folder)).toEqual(['a.json', 'b.json']);
});

test('a saved version is on disk when its save answers', async () => {
  const files = new ResourceFiles<{ n: number }>(folder);
  void files.save('a', { n: 1 });
  await files.save('a', { n: 2 });
  expect(new ResourceFiles<{ n: number }>(folder).load()).toEqual([{ n: 2 }]);
});

test('what is removed stays removed', async () => {
  const files = new ResourceFiles<{ n: number }>(folder);
  void files.save('a', { n: 1 });
  await files.remove('a');
  await files.remove('never');
  await files.settle();
  expect(files.load()).toEqual([]);
});

test('a name cannot leave the folder', async () => {
  const files = new ResourceFiles<object>(folder);
  await expect(files.save('../a', {})).rejects.toThrow('not a name');
});
