import type { JobEvent, JobRecord, JobStatus, PodRecord, StatusEntry } from './job-record';

const KEPT_EVENTS = 2_000;

/** Where a job goes next and why; the reason stays empty while all is well. */
export interface Transition {
  readonly status: JobStatus;
  readonly reasonCode?: string;
  readonly reasonMessage?: string;
  readonly at: Date;
}

/** ISO 8601 in UTC to the second, as DLC writes its times. */
export function wireTime(time: Date | string): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The record after a change of state: the history's last entry is closed, a new one begun. */
export function moved(record: JobRecord, transition: Transition): JobRecord {
  const at = wireTime(transition.at);
  const { status: Status, reasonCode: ReasonCode = '', reasonMessage = '' } = transition;
  const entry: StatusEntry = { Status, StartTime: at, ReasonCode, ReasonMessage: reasonMessage };
  const closed = record.statusHistory.map((old) => (old.EndTime ? old : { ...old, EndTime: at }));
  return {
    ...record,
    Status,
    ReasonCode,
    ReasonMessage: reasonMessage,
    modifiedAt: transition.at.toISOString(),
    statusHistory: [...closed, entry],
  };
}

/** The record with one more event; old ones are dropped. */
export function withEvent(record: JobRecord, event: JobEvent): JobRecord {
  return { ...record, events: [...record.events, event].slice(-KEPT_EVENTS) };
}

/** The record with one pod changed. */
export function withPod(
  record: JobRecord,
  podId: string,
  change: (pod: PodRecord) => PodRecord,
): JobRecord {
  const pods = record.pods.map((pod) => (pod.PodId === podId ? change(pod) : pod));
  return { ...record, pods };
}

/** When a job entered a status for the first time; undefined when it never did. */
export function enteredAt(record: JobRecord, status: JobStatus): string | undefined {
  return record.statusHistory.find((entry) => entry.Status === status)?.StartTime;
}

/** Seconds from the start of running to the end, or to now. */
export function durationSeconds(record: JobRecord, now: Date): number {
  const running = enteredAt(record, 'Running');
  if (!running) return 0;
  const last = record.statusHistory.at(-1) as StatusEntry;
  const isOver = ['Succeeded', 'Failed', 'Stopped'].includes(record.Status);
  const end = isOver ? Date.parse(last.StartTime) : now.getTime();
  return Math.max(0, Math.round((end - Date.parse(running)) / 1000));
}
