import type { JsonObject } from './json';
import type { ServiceEvent, ServiceRecord } from './service-record';

const KEPT = 500;

/** The record with one more event; old ones are dropped. */
export function withServiceEvent(
  record: ServiceRecord,
  event: {
    readonly at: Date;
    readonly type?: ServiceEvent['type'];
    readonly reason: string;
    readonly message: JsonObject;
  },
): ServiceRecord {
  const { at, type = 'Normal', reason, message } = event;
  const next = { at: at.toISOString(), type, reason, message };
  return { ...record, events: [...record.events, next].slice(-KEPT) };
}
