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

  const opened = async () => {
    const entries: unknown[] = [];
    const journal = await Journal.open({ file, onEntry: (entry) => entries.push(entry) });
    return { journal, entries };
  };

  const reopen = async (): Promise<readonly unknown[]> => {
    const { journal, entries } = await opened();
    await journal.close();
    return entries;
  };

  it('gives back what was appended, in its order, also of many appends at once', async () => {
    const { journal } = await opened();
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
        const { journal, entries } = await opened();
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

  it('is replaced by a short one when it is long, also between appends that come in at once', async () => {
    let { journal } = await opened();
    const counts = new Map<number, number>();
    const add = async (key: number): Promise<void> => {
      const count = (counts.get(key) ?? 0) + 1;
      await journal.append([key, count]);
      counts.set(key, count);
    };
    await journal.keepShort({ isDue: (lines) => lines > 50, entries: () => counts });
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(Array.from({ length: 10 }, (_, key) => add(key)));
    }
    await journal.close();
    const entries = (await reopen()) as [number, number][];
    expect(entries.length).toBeLessThanOrEqual(60);
    expect(new Map(entries)).toEqual(new Map(Array.from({ length: 10 }, (_, key) => [key, 40])));
    ({ journal } = await opened());
    await journal.keepShort({ isDue: (lines) => lines > 5, entries: () => [[1, 1]] });
    await journal.close();
    expect(await reopen()).toEqual([[1, 1]]);
    expect(await readdir(folder)).toEqual(['journal.ndjson']);
  });

  it('is read whole when it is larger than what is read at once', async () => {
    const text = 'ü'.repeat(700_000);
    const { journal } = await opened();
    for (let i = 0; i < 9; i += 1) await journal.append({ i, text });
    await journal.close();
    const entries = (await reopen()) as { i: number; text: string }[];
    expect(entries.map(({ i }) => i)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(entries.every((entry) => entry.text === text)).toBe(true);
  });
});
