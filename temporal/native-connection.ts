import { NativeConnection } from '@temporalio/worker';
import type { Settings } from '../config/settings';
import { connectionParts, unreachable } from './connection';

/** A worker's connection to the server of the settings; the caller closes it after its workers. */
export async function connectWorker(input: {
  readonly temporal: Settings['temporal'];
}): Promise<NativeConnection> {
  const parts = await connectionParts(input.temporal);
  try {
    return await NativeConnection.connect(parts);
  } catch (cause) {
    throw unreachable({ parts, cause });
  }
}
