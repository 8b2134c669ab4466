import { type Position, semanticError } from './errors';
import { flag, type Session } from './session';

/** One read of a partitioned table; MaxCompute refuses it while nothing narrows it. */
export interface PartitionScan {
  readonly table: string;
  readonly at?: Position;
  narrowed: boolean;
}

/** Throws ODPS-0130071 for a read of all partitions, unless odps.sql.allow.fullscan is true. */
export function refuseFullScans({
  scans,
  session,
}: {
  readonly scans: readonly PartitionScan[];
  readonly session: Session;
}): void {
  if (flag(session, 'odps.sql.allow.fullscan', false)) return;
  const full = scans.find((scan) => !scan.narrowed);
  if (!full) return;
  throw semanticError(
    full.at,
    `Table(${session.project},${full.table}) is full scan with all partitions, please specify partition predicates`,
  );
}
