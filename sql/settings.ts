/**
 * Settings that every statement of this project is submitted with: data type edition 2.0 (DATE and
 * DECIMAL(p,s) exist) and UTC, so that a DATETIME reads the same on every project.
 */
export const sqlSettings: Readonly<Record<string, string>> = {
  'odps.sql.type.system.odps2': 'true',
  'odps.sql.decimal.odps2': 'true',
  'odps.sql.timezone': 'UTC',
};
