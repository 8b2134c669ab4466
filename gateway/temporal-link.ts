import type { Client, Connection } from '@temporalio/client';
import type { Settings } from '../config/settings';
import { connectClient } from '../temporal/connection';

/** Longest wait for a first connection, milliseconds. */
const CONNECT_MS = 3000;

/**
 * A client that is connected at its first use. A try that failed is forgotten, so that the gateway may
 * start before Temporal does; once connected, the channel finds a restarted server by itself.
 */
export class TemporalLink {
  readonly #temporal: Settings['temporal'];
  #connecting: Promise<{ readonly client: Client; readonly connection: Connection }> | undefined;

  constructor(temporal: Settings['temporal']) {
    this.#temporal = temporal;
  }

  /** The connected client; rejects with the reason and what to check. */
  async client(): Promise<Client> {
    this.#connecting ??= connectClient({ temporal: this.#temporal, timeoutMs: CONNECT_MS }).catch(
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return (await this.#connecting).client;
  }

  async close(): Promise<void> {
    const connected = await this.#connecting?.catch(() => undefined);
    await connected?.connection.close();
  }
}
