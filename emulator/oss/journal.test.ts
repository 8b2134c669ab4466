import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { Journal } from './journal';

describe('a journal', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'journal-'));
    file = path.join(folder, 'journal.ndjson');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const reopen = async (): Promise<readonly unknown[]> => {
    const { journal, entries } = await Journal.open(file);
    await journal.close();
    return entries;
  };

  it('gives back what was appended, in its order, also of many appends at once', async () => {
    const { journal } = await Journal.open(file);
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    await Promise.all(numbers.map((i) => journal.append({ i, text: 'ü\n' })));
    await journal.close();
    expect(await reopen()).toEqual(numbers.map((i) => ({ i, text: 'ü\n' })));
  });

  it('is read up to its last whole line, wherever a kill has cut it, and goes on from there', async () => {
    const whole = [{ a: 1 }, { b: 'two' }, { c: [3] }];
    const bytes = Buffer.from(whole.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length }), async (cut) => {
        await writeFile(file, bytes.subarray(0, cut));
        const kept = bytes.subarray(0, cut).filter((byte) => byte === 10).length;
        const { journal, entries } = await Journal.open<object>(file);
        expect(entries).toEqual(whole.slice(0, kept));
        await journal.append({ after: cut });
        await journal.close();
        expect(await reopen()).toEqual([...whole.slice(0, kept), { after: cut }]);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps beside it what it could not read', async () => {
    await writeFile(file, '{"a":1}\n');
    await appendFile(file, Buffer.alloc(8));
    expect(await reopen()).toEqual([{ a: 1 }]);
    const torn = (await readdir(folder)).filter((name) => name.includes('.torn-'));
    expect(torn).toHaveLength(1);
    expect(await readFile(path.join(folder, torn[0]))).toEqual(Buffer.alloc(8));
  });

  it('is replaced as a whole', async () => {
    const { journal } = await Journal.open(file);
    for (let i = 0; i < 10; i += 1) await journal.append({ i });
    await journal.rewrite([{ sum: 45 }]);
    await journal.append({ next: 1 });
    await journal.close();
    expect(await reopen()).toEqual([{ sum: 45 }, { next: 1 }]);
  });
});
