import type { PredictionServer } from './server';

/** How long kept-alive connections are told to close before the port is shut, milliseconds. */
const GRACE_MS = 300;
/** How often connections that have fallen idle meanwhile are closed, milliseconds. */
const SWEEP_MS = 50;
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
  // Closing ends only what is idle at that moment: an answer given later leaves its connection open.
  const sweep = setInterval(() => server.app.server.closeIdleConnections(), SWEEP_MS);
  const limit = delay(LIMIT_MS).then(() => false);
  return Promise.race([closed, limit]).finally(() => clearInterval(sweep));
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
