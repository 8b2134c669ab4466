import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { RunMetrics } from './run-metrics';

const metric = (Key: string, Step: number) => ({ Key, Step, Value: Step / 2, Timestamp: Step });

describe('metrics of runs', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'run-metrics-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps the order of calls that come at once, also over a restart', async () => {
    const metrics = new RunMetrics(folder);
    const steps = Array.from({ length: 50 }, (_none, step) => step);
    await Promise.all(steps.map((step) => metrics.log('run-1', [metric('loss', step)])));
    await metrics.log('run-1', [metric('r2', 1), metric('r2', 2)]);
    const again = new RunMetrics(folder);
    const all = await again.all('run-1');
    expect(all.map(({ Step }) => Step)).toEqual([...steps, 1, 2]);
    expect(await again.latest('run-1')).toEqual([metric('loss', 49), metric('r2', 2)]);
    expect(await again.all('run-2')).toEqual([]);
  });

  it('drops the line that a kill tore, and goes on after it', async () => {
    await new RunMetrics(folder).log('run-1', [metric('loss', 1)]);
    const file = path.join(folder, 'run-1.jsonl');
    const whole = await readFile(file, 'utf8');
    await appendFile(file, '[{"Key":"loss","Val');
    const metrics = new RunMetrics(folder);
    expect(await metrics.all('run-1')).toEqual([metric('loss', 1)]);
    expect(await readFile(file, 'utf8')).toBe(whole);
    await metrics.log('run-1', [metric('loss', 2)]);
    expect(await new RunMetrics(folder).all('run-1')).toEqual([
      metric('loss', 1),
      metric('loss', 2),
    ]);
  });
});
