import { ownedProcesses } from './process-table';

/** What the processes of one instance use at a moment; CPU is the total since each of them started. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly processes: number;
  /** The one with the most memory: what an out-of-memory killer would take. */
  readonly largestPid: number;
}

/** Usage by marker; one walk over the process table serves all instances. */
export function usageByMarker(): ReadonlyMap<string, ProcessUsage> {
  const totals = new Map<string, ProcessUsage>();
  const largest = new Map<string, number>();
  for (const owned of ownedProcesses()) {
    const total = totals.get(owned.marker);
    const isLargest = owned.rssBytes > (largest.get(owned.marker) ?? -1);
    if (isLargest) largest.set(owned.marker, owned.rssBytes);
    totals.set(owned.marker, {
      cpuSeconds: (total?.cpuSeconds ?? 0) + owned.cpuSeconds,
      rssBytes: (total?.rssBytes ?? 0) + owned.rssBytes,
      processes: (total?.processes ?? 0) + 1,
      largestPid: isLargest ? owned.pid : (total?.largestPid ?? owned.pid),
    });
  }
  return totals;
}
