import { AsyncLocalStorage } from 'node:async_hooks';

/** How far the clocks that a request meets are moved, in milliseconds. */
export interface ClockShift {
  /** Of the server. */
  readonly serverMs?: number;
  /** Of the keyring alone: forward, and temporary keys have expired. */
  readonly keyringMs?: number;
}

const shifts = new AsyncLocalStorage<ClockShift>();

/** Runs a request's work with moved clocks. */
export function withClock<T>(shift: ClockShift, work: () => T): T {
  return shifts.run(shift, work);
}

/** The server's time, as the request at hand meets it. */
export function serverTime(): Date {
  return new Date(Date.now() + (shifts.getStore()?.serverMs ?? 0));
}

/** The keyring's time, as the request at hand meets it. */
export function keyringTime(): Date {
  return new Date(serverTime().getTime() + (shifts.getStore()?.keyringMs ?? 0));
}
