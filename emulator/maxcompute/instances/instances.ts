import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SqlJob } from '../../../alibaba/maxcompute/wire/job-xml';
import { asOdpsError, wasInterrupted } from '../execute/duck-error';
import type { Warehouse } from '../store/warehouse';
import { type Instance, type InstanceResult, instanceId, resultTable } from './instance';
import { keptResult, runScript } from './run-script';

/** Instances that are remembered, with their results. */
const KEPT = 2_000;
/** How many of the oldest go at once when there are more. */
const PRUNED = 200;

const INTERRUPT_MS = 20;

interface Running {
  readonly done: Promise<void>;
  readonly stop: () => void;
}

/** The project's instances: run, stopped, kept in DuckDB beside the tables. */
export class Instances {
  private readonly known = new Map<string, Instance>();
  private readonly running = new Map<string, Running>();

  private constructor(private readonly warehouse: Warehouse) {}

  /** Loads what was kept. An instance that ran when the process ended has failed: its transaction was rolled back. */
  static async load(warehouse: Warehouse): Promise<Instances> {
    const instances = new Instances(warehouse);
    await warehouse.database.use((connection) => instances.read(connection));
    return instances;
  }

  private async read(connection: DuckDBConnection): Promise<void> {
    await connection.run(
      'CREATE TABLE IF NOT EXISTS meta.instances (id VARCHAR PRIMARY KEY, document VARCHAR)',
    );
    const rows = await connection.runAndReadAll('SELECT document FROM meta.instances ORDER BY id');
    const all = rows.getRows().map(([document]): Instance => JSON.parse(String(document)));
    for (const old of all.slice(0, -KEPT)) await this.forget(connection, old.id);
    for (const instance of all.slice(-KEPT)) {
      if (instance.state !== 'Running') this.known.set(instance.id, instance);
      else await this.keep({ ...instance, ...INTERRUPTED, end: Date.now() });
    }
  }

  private async forget(connection: DuckDBConnection, id: string): Promise<void> {
    await connection.run(`DROP TABLE IF EXISTS ${resultTable(id)}`);
    await connection.run('DELETE FROM meta.instances WHERE id = $1', [id]);
  }

  private async keep(instance: Instance): Promise<void> {
    await this.warehouse.database.write({
      work: (connection) =>
        connection.run('INSERT OR REPLACE INTO meta.instances VALUES ($1, $2)', [
          instance.id,
          JSON.stringify(instance),
        ]),
      committed: () => this.known.set(instance.id, instance),
    });
  }

  find(id: string): Instance | undefined {
    return this.known.get(id);
  }

  /** Newest first. */
  list(): readonly Instance[] {
    return [...this.known.values()].reverse();
  }

  /** Takes a job: it is on disk before this returns, and runs on its own. */
  async submit({
    job,
    owner,
  }: {
    readonly job: SqlJob;
    readonly owner: string;
  }): Promise<Instance> {
    const start = Date.now();
    const id = instanceId(start, randomBytes(5).toString('hex'));
    const instance: Instance = { id, job, owner, start, state: 'Running' };
    await this.keep(instance);
    const connection = await this.warehouse.database.connect();
    const stopping = new AbortController();
    const done = this.run({ instance, connection, signal: stopping.signal });
    const stop = (): void => stopping.abort();
    this.running.set(id, { done, stop });
    return instance;
  }

  private async run({
    instance,
    connection,
    signal,
  }: {
    readonly instance: Instance;
    readonly connection: DuckDBConnection;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const { id } = instance;
    const table = resultTable(id);
    const release = interruptOn(signal, connection);
    let ending: Pick<Instance, 'state' | 'message' | 'result'>;
    try {
      const { query, settings } = instance.job;
      const { warehouse } = this;
      const script = await runScript({
        query,
        settings,
        warehouse,
        connection,
        resultTable: table,
      });
      const result: InstanceResult = await keptResult({ script, connection, resultTable: table });
      ending = signal.aborted ? CANCELLED : { state: 'Success', result };
    } catch (error) {
      const cancelled = signal.aborted || wasInterrupted(error);
      ending = cancelled ? CANCELLED : { state: 'Failed', message: asOdpsError(error).message };
    } finally {
      release();
      connection.closeSync();
    }
    await this.keep({ ...instance, ...ending, end: Date.now() });
    this.running.delete(id);
    await this.prune();
  }

  private async prune(): Promise<void> {
    if (this.known.size < KEPT + PRUNED) return;
    const old = [...this.known.values()]
      .filter((instance) => instance.state !== 'Running')
      .slice(0, PRUNED);
    await this.warehouse.database.write({
      work: async (connection) => {
        for (const { id } of old) await this.forget(connection, id);
      },
      committed: () => {
        for (const { id } of old) this.known.delete(id);
      },
    });
  }

  /** Interrupts a running instance; nothing happens to one that has ended. */
  async stop(id: string): Promise<void> {
    const running = this.running.get(id);
    running?.stop();
    await running?.done;
  }

  /** Waits until the instance has ended, at most `milliseconds`. */
  async settled(id: string, milliseconds: number): Promise<void> {
    const running = this.running.get(id);
    if (!running) return;
    const timer = new AbortController();
    const elapsed = pause(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([running.done, elapsed]);
    timer.abort();
  }

  /** Stops what runs and waits for it. */
  async close(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
  }
}

/**
 * Interrupts what the connection runs from the signal on, again and again: an interrupt between two
 * statements of DuckDB is lost. Gives the function that ends this.
 */
function interruptOn(signal: AbortSignal, connection: DuckDBConnection): () => void {
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), INTERRUPT_MS);
  };
  signal.addEventListener('abort', begin, { once: true });
  return () => {
    signal.removeEventListener('abort', begin);
    clearInterval(timer);
  };
}

const CANCELLED = {
  state: 'Cancelled',
  message: 'ODPS-0123144:Fuxi job failed - Job was cancelled by the user',
} as const;

const INTERRUPTED = {
  state: 'Failed',
  message: 'ODPS-0010000:System internal error - the service was restarted while the job ran',
} as const;
