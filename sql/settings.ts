/**
 * Settings that every statement of this project is submitted with: data type edition 2.0 (DATE and
 * DECIMAL(p,s) exist), UTC, so that a DATETIME reads the same on every project, and reads of all
 * partitions, which the views over the event tables need and newer projects refuse by default.
 */
export const sqlSettings: Readonly<Record<string, string>> = {
  'odps.sql.type.system.odps2': 'true',
  'odps.sql.decimal.odps2': 'true',
  'odps.sql.timezone': 'UTC',
  'odps.sql.allow.fullscan': 'true',
};
