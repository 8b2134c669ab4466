import { CloudError } from '../../alibaba/cloud-error';
import type { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import type { ObjectStore } from '../../alibaba/oss/object-store';
import type { ModelRegistry } from '../../alibaba/registry/model-registry';

/** Clients of the cloud that is loaded. */
export interface LoadClients {
  readonly objects: ObjectStore;
  readonly maxcompute: MaxCompute;
  readonly registry: ModelRegistry;
}

/** A value that was acknowledged, and those that were only sent since then. */
interface Known<T> {
  readonly acknowledged?: T;
  readonly sent: readonly T[];
}

const KEYS = 24;
export const ROWS = 500;
const BATCH_ROWS = 200;

/**
 * Writes to every store of a local cloud until it is told to stop, and afterwards knows what must be there:
 * everything that was acknowledged, and of the rest all of it or nothing.
 */
export class CloudLoad {
  private readonly bodies = new Map<string, Known<string>>();
  private generation: Known<number> = { acknowledged: 0, sent: [] };
  private readonly batches = new Map<number, 'sent' | 'acknowledged'>();
  private readonly models = new Map<string, 'sent' | 'acknowledged'>();
  private count = 0;

  /** Writes acknowledged so far. */
  acknowledged = 0;

  /** Makes the tables. */
  async prepare({ maxcompute }: LoadClients): Promise<void> {
    const statements = [
      'CREATE TABLE IF NOT EXISTS ids (id BIGINT)',
      'CREATE TABLE IF NOT EXISTS generations (id BIGINT, generation BIGINT)',
      'CREATE TABLE IF NOT EXISTS parts (id BIGINT, generation BIGINT) PARTITIONED BY (pt STRING)',
      'CREATE TABLE IF NOT EXISTS batches (id BIGINT, words STRING) PARTITIONED BY (batch STRING)',
    ];
    for (const query of statements) await maxcompute.runSql({ query });
    const upload = await maxcompute.openUpload({ table: 'ids', overwrite: true });
    const rows = Array.from({ length: ROWS }, (_, id) => [id]);
    await upload.writeBlock({ blockId: 0, rows });
    await upload.commit({ blockIds: [0] });
    await this.overwrite(maxcompute, 0);
  }

  /** Runs until the signal; what breaks off because of it is expected. */
  async run(clients: LoadClients, signal: AbortSignal): Promise<void> {
    const work = [
      () => this.putObject(clients, signal),
      () => this.putObject(clients, signal),
      () => this.overwriteTable(clients, signal),
      () => this.commitBatch(clients, signal),
      () => this.createModel(clients, signal),
    ];
    await Promise.all(
      work.map(async (step) => {
        while (!signal.aborted) {
          try {
            await step();
            this.acknowledged += 1;
          } catch (error) {
            // A server that was killed answers nothing: any other refusal is a finding.
            if (!signal.aborted && !(error instanceof CloudError && error.retryable)) throw error;
          }
        }
      }),
    );
  }

  /** Throws what is torn or lost. */
  async verify(clients: LoadClients): Promise<void> {
    await Promise.all([
      this.verifyObjects(clients),
      this.verifyTables(clients),
      this.verifyModels(clients),
    ]);
  }

  private async putObject({ objects }: LoadClients, signal: AbortSignal): Promise<void> {
    this.count += 1;
    const key = `load/${this.count % KEYS}`;
    const body = `${this.count}-`.padEnd(1_000 + 400 * (this.count % 100), String(this.count % 10));
    const before = this.bodies.get(key);
    this.bodies.set(key, { ...before, sent: [...(before?.sent ?? []), body] });
    await objects.put({ key, body, signal });
    this.bodies.set(key, { acknowledged: body, sent: [] });
  }

  private async overwriteTable({ maxcompute }: LoadClients, signal: AbortSignal): Promise<void> {
    const { acknowledged = 0, sent } = this.generation;
    const next = Math.max(acknowledged, ...sent) + 1;
    this.generation = { acknowledged, sent: [...sent, next] };
    await this.overwrite(maxcompute, next, signal);
    this.generation = { acknowledged: next, sent: [] };
  }

  private async overwrite(maxcompute: MaxCompute, generation: number, signal?: AbortSignal) {
    const select = `SELECT id, ${generation} FROM ids`;
    await maxcompute.runSql({ query: `INSERT OVERWRITE TABLE generations ${select}`, signal });
    const partition = "INSERT OVERWRITE TABLE parts PARTITION (pt = 'p')";
    await maxcompute.runSql({ query: `${partition} ${select}`, signal });
  }

  private async commitBatch({ maxcompute }: LoadClients, signal: AbortSignal): Promise<void> {
    const batch = this.batches.size;
    this.batches.set(batch, 'sent');
    const partition = `batch=${batch}`;
    const place = { table: 'batches', partition, createPartition: true, overwrite: true, signal };
    const upload = await maxcompute.openUpload(place);
    for (const blockId of [0, 1]) {
      const rows = Array.from({ length: BATCH_ROWS / 2 }, (_, i) => [
        blockId * (BATCH_ROWS / 2) + i,
        `row ${i} of batch ${batch}`,
      ]);
      await upload.writeBlock({ blockId, rows, signal });
    }
    await upload.commit({ blockIds: [0, 1], signal });
    this.batches.set(batch, 'acknowledged');
  }

  private async createModel({ registry }: LoadClients, signal: AbortSignal): Promise<void> {
    const ModelName = `model-${this.models.size}`;
    this.models.set(ModelName, 'sent');
    const { ModelId } = await registry.createModel({ ModelName, WorkspaceId: '1', signal });
    const Uri = 'oss://bucket/model';
    await registry.createModelVersion({ ModelId, VersionName: '1.0.0', Uri, signal });
    this.models.set(ModelName, 'acknowledged');
  }

  private async verifyObjects({ objects }: LoadClients): Promise<void> {
    for (const [key, { acknowledged, sent }] of this.bodies) {
      const found = await objects.get({ key }).then(String, (error: CloudError) => {
        if (error.code === 'NoSuchKey') return undefined;
        throw error;
      });
      const possible = found === acknowledged || (found !== undefined && sent.includes(found));
      if (!possible) throw new Error(`${key} has ${found?.slice(0, 20)} (${found?.length} bytes)`);
      // From now on this is what was acknowledged: a late repeat can't come any more.
      this.bodies.set(key, { acknowledged: found, sent: [] });
    }
  }

  private async verifyTables({ maxcompute }: LoadClients): Promise<void> {
    const { acknowledged = 0, sent } = this.generation;
    for (const table of ['generations', 'parts']) {
      const where = table === 'parts' ? " WHERE pt = 'p'" : '';
      const figures = 'COUNT(*), COUNT(DISTINCT id), MIN(generation), MAX(generation)';
      const { rows } = await maxcompute.runSql({
        query: `SELECT ${figures} FROM ${table}${where}`,
      });
      const [count, distinct, min, max] = rows[0].map(Number);
      const isWhole = count === ROWS && distinct === ROWS && min === max;
      if (!isWhole || ![acknowledged, ...sent].includes(min)) {
        throw new Error(`${table}: ${rows[0].join(', ')}; ${acknowledged} was acknowledged`);
      }
    }
    const query =
      'SELECT batch, COUNT(*), COUNT(DISTINCT id) FROM batches WHERE batch >= 0 GROUP BY batch';
    const { rows } = await maxcompute.runSql({ query });
    const found = new Map(rows.map(([batch, ...counts]) => [Number(batch), counts.map(Number)]));
    for (const [batch, state] of this.batches) {
      const counts = found.get(batch) ?? [0, 0];
      const isWhole = counts.every((count) => count === BATCH_ROWS);
      const isAbsent = counts.every((count) => count === 0) && state === 'sent';
      if (!isWhole && !isAbsent) throw new Error(`batch ${batch} (${state}): ${counts.join(', ')}`);
    }
  }

  private async verifyModels({ registry }: LoadClients): Promise<void> {
    const found = new Map<string, number>();
    for (let PageNumber = 1; ; PageNumber += 1) {
      const page = await registry.listModels({ PageNumber, PageSize: 100 });
      for (const model of page.Models) {
        if (found.has(model.ModelName)) throw new Error(`${model.ModelName} is there twice`);
        const { Versions } = await registry.listModelVersions({ ModelId: model.ModelId });
        found.set(model.ModelName, Versions.length);
      }
      if (page.Models.length < 100) break;
    }
    for (const [name, state] of this.models) {
      const versions = found.get(name);
      if (state === 'acknowledged' && versions !== 1)
        throw new Error(`${name}: ${versions} versions`);
    }
  }
}
