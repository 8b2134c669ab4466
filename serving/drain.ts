import type { PredictionServer } from './server';

/** How long kept-alive connections are told to close before the port is shut, milliseconds. */
const GRACE_MS = 300;
/** Requests that are still open after this many milliseconds are given up. */
const LIMIT_MS = 20_000;

/**
 * Stops without a lost request: `/health` turns 503 and answers close their connections for a moment,
 * then the port is shut and open requests are waited for. False when some were still open at the limit.
 */
export async function drain(server: PredictionServer): Promise<boolean> {
  server.startDraining();
  await delay(GRACE_MS);
  const closed = server.app.close().then(() => true);
  const limit = delay(LIMIT_MS).then(() => false);
  return Promise.race([closed, limit]);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
