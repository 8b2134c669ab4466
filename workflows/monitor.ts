/** One look at what serves: the service's health and, where true sales are known, its accuracy. */
import { readInput } from './input';
import type { MonitorInput, MonitorResult } from './messages';
import { describePipeline, stepsOf } from './steps';

/** Reads and records the serving version's figures. */
export async function monitor(input: MonitorInput = {}): Promise<MonitorResult> {
  const { pipeline } = await describePipeline(readInput(input, ['pipeline', 'environment']));
  const observedAt = new Date().toISOString();
  return stepsOf(pipeline).monitorService({ pipeline: pipeline.name, observedAt });
}
