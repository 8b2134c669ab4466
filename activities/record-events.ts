/** Every decision and every change is a record: first an OSS object, then a row of its table. */

import type { MaxCompute } from '../alibaba/maxcompute/maxcompute';
import { eventKey } from '../policy/decision';
import { dayPartition, definitions, type EventTable, rowOf, type TableRecord } from '../sql/tables';
import { type ActivityDeps, pipelineOf } from './context';

/** Event tables whose rows begin with the common event columns. */
export type RecordedTable = Exclude<EventTable, 'feedback'>;

type EventColumns = 'pipeline' | 'environment' | 'recorded_at' | 'observed_at';

/** An event as a workflow states it; columns that are left out are NULL, times are ISO-8601 text. */
export type EventOf<Name extends RecordedTable> = {
  readonly [C in keyof Omit<TableRecord<Name>, EventColumns | 'event_id'>]?: AsJson<
    TableRecord<Name>[C]
  >;
} & { readonly event_id: string; readonly observed_at: string };

type AsJson<T> = T extends Date ? string : T extends bigint ? never : T;

/** Events of one table. */
export interface EventBatch<Name extends RecordedTable = RecordedTable> {
  readonly pipeline: string;
  readonly table: Name;
  readonly events: readonly EventOf<Name>[];
}

/**
 * Puts each event as an object under its id (writing it again changes nothing), then appends the
 * rows; the table's view shows each event once, however often it was written.
 */
export function createRecordEvents(deps: ActivityDeps) {
  const { prefix } = deps.settings.oss;
  return async (batch: EventBatch): Promise<{ readonly recorded: number }> => {
    const pipeline = pipelineOf(deps, batch.pipeline);
    const common = { pipeline: pipeline.name, environment: deps.settings.environment };
    const byDay = new Map<string, object[]>();
    for (const event of batch.events) {
      const day = dayPartition(new Date(event.observed_at));
      const record = { ...common, ...event };
      await deps.objects.put({
        key: eventKey({
          prefix,
          eventId: event.event_id,
          observedAt: event.observed_at,
        }),
        body: JSON.stringify({ table: batch.table, ...record }),
        contentType: 'application/json',
      });
      byDay.set(day, [...(byDay.get(day) ?? []), record]);
    }
    for (const [day, records] of byDay) {
      await appendRows({
        maxcompute: deps.maxcompute,
        table: pipeline.tables[batch.table],
        logical: batch.table,
        day,
        records,
      });
    }
    return { recorded: batch.events.length };
  };
}

async function appendRows(input: {
  readonly maxcompute: MaxCompute;
  readonly table: string;
  readonly logical: RecordedTable;
  readonly day: string;
  readonly records: readonly object[];
}): Promise<void> {
  const { maxcompute, table, logical, day, records } = input;
  const definition = definitions[logical];
  const recordedAt = new Date();
  const rows = records.map((record) => {
    const values: Record<string, unknown> = { ...record, recorded_at: recordedAt };
    for (const { name, type } of definition.columns) {
      const value = values[name];
      if (type === 'DATETIME' && typeof value === 'string') values[name] = new Date(value);
    }
    // The columns' types were checked where the event was stated (EventOf).
    return rowOf(definition, values as never);
  });
  const upload = await maxcompute.openUpload({
    table,
    partition: `pt=${day}`,
    createPartition: true,
  });
  await upload.writeBlock({ blockId: 0, rows });
  await upload.commit({ blockIds: [0] });
}
