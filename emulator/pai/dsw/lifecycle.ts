import type {
  InstanceEvent,
  InstanceRecord,
  InstanceStatus,
  LifecycleEntry,
} from './instance-record';

const KEPT_EVENTS = 200;
const KEPT_SESSIONS = 50;

/** Where an instance goes next and why; reasons stay empty while all is well. */
export interface Transition {
  readonly status: InstanceStatus;
  readonly reasonCode?: string;
  readonly reasonMessage?: string;
  readonly at: Date;
}

/** The record after a change of state: history, times and running time kept in step with it. */
export function moved(record: InstanceRecord, transition: Transition): InstanceRecord {
  const at = transition.at.toISOString();
  const entry: LifecycleEntry = {
    Status: transition.status,
    ReasonCode: transition.reasonCode ?? '',
    ReasonMessage: transition.reasonMessage ?? '',
    GmtCreateTime: at,
  };
  const isRunning = transition.status === 'Running';
  const ran =
    record.runningSince && !isRunning ? Date.parse(at) - Date.parse(record.runningSince) : 0;
  return {
    ...record,
    Status: entry.Status,
    ReasonCode: entry.ReasonCode,
    ReasonMessage: entry.ReasonMessage,
    GmtModifiedTime: at,
    sessions: withEntry(record.sessions, entry),
    accumulatedMs: record.accumulatedMs + ran,
    runningSince: isRunning ? (record.runningSince ?? at) : undefined,
  };
}

/** The record at the beginning of another session (StartInstance after a stop or a failure). */
export function restarted(record: InstanceRecord, at: Date): InstanceRecord {
  const fresh = {
    ...record,
    sessions: [...record.sessions, []].slice(-KEPT_SESSIONS),
    run: undefined,
  };
  return moved(fresh, { status: 'ResourceAllocating', at });
}

/** The record with one more event; old ones are dropped. */
export function withEvent(record: InstanceRecord, event: InstanceEvent): InstanceRecord {
  return { ...record, events: [...record.events, event].slice(-KEPT_EVENTS) };
}

/** Milliseconds of running in all sessions until now. */
export function runningTimeMs(record: InstanceRecord, now: Date): number {
  const current = record.runningSince ? now.getTime() - Date.parse(record.runningSince) : 0;
  return record.accumulatedMs + Math.max(0, current);
}

function withEntry(
  sessions: InstanceRecord['sessions'],
  entry: LifecycleEntry,
): InstanceRecord['sessions'] {
  const current = sessions.at(-1) ?? [];
  return [...sessions.slice(0, -1), [...current, entry]];
}
