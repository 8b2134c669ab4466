import { randomBytes } from 'node:crypto';
import { ApiError } from '../api-error';
import type { StoredTable } from '../store/table';

/** A streaming upload: every part that is written is seen at once. Times are epoch milliseconds. */
export interface StreamSession {
  readonly id: string;
  readonly tableId: number;
  readonly partition?: readonly string[];
  readonly lastBatch: number;
  readonly lastCommit?: number;
}

/** The streaming uploads of a project. A restart ends them: clients open new ones. */
export class Streams {
  private readonly sessions = new Map<string, StreamSession>();

  open(table: StoredTable, partition: readonly string[] | undefined): StreamSession {
    const id = randomBytes(16).toString('hex');
    const session: StreamSession = { id, tableId: table.id, partition, lastBatch: 0 };
    this.sessions.set(id, session);
    return session;
  }

  /** The session of this table. Throws 404 StreamSessionNotFound. */
  find(id: string, table: StoredTable): StreamSession {
    const session = this.sessions.get(id);
    if (session?.tableId === table.id) return session;
    throw new ApiError({
      status: 404,
      code: 'StreamSessionNotFound',
      message: `Stream session ${id} of ${table.name} is not found`,
    });
  }

  /** Counts a part that was written. */
  written(id: string): void {
    const session = this.sessions.get(id);
    if (!session) return;
    const lastBatch = session.lastBatch + 1;
    this.sessions.set(id, { ...session, lastBatch, lastCommit: Date.now() });
  }

  end(id: string): void {
    this.sessions.delete(id);
  }
}
