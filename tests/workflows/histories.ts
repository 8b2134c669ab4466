/** Histories of the loop's workflows: recorded by the workflow tests, replayed in every run of the tests. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const folder = path.join(__dirname, 'fixtures', 'histories');

const { History } = temporal.api.history.v1;

/** One recorded execution. */
export interface RecordedHistory {
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

/**
 * Writes the histories of every workflow that the namespace has, named `<label>.<workflow type>.json`.
 * Run `RECORD_HISTORIES=1 npx jest tests/workflows/loop` when a new kind of execution is to be held.
 */
export async function recordHistories(client: Client, label: string, since: Date): Promise<void> {
  await mkdir(folder, { recursive: true });
  const query = `StartTime >= '${since.toISOString()}'`;
  const seen = new Map<string, number>();
  for await (const { workflowId, runId, type } of client.workflow.list({ query })) {
    const count = (seen.get(type) ?? 0) + 1;
    seen.set(type, count);
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const name = `${label}.${type}${count > 1 ? `-${count}` : ''}.json`;
    const bytes = Buffer.from(History.encode(history).finish());
    const text = JSON.stringify({ workflowId, history: bytes.toString('base64') });
    await writeFile(path.join(folder, name), `${text}\n`);
  }
}

/** Every recorded history, by file name. */
export async function recordedHistories(): Promise<ReadonlyMap<string, RecordedHistory>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const entries = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(path.join(folder, name), 'utf8');
      const { workflowId, history } = JSON.parse(text) as Record<string, string>;
      return [
        name,
        { workflowId, history: History.decode(Buffer.from(history, 'base64')) },
      ] as const;
    }),
  );
  return new Map(entries);
}
