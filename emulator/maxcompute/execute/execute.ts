import { unsupported } from '../sql/errors';
import type { Statement } from '../sql/statement';
import { alterTable } from './alter-table';
import type { StatementContext, StatementResult } from './context';
import { createTable } from './create-table';
import { createView } from './create-view';
import { describeTable, showCreate, showPartitions, showTables } from './describe';
import { dropObject, truncateTable } from './drop';
import { insertRows } from './insert';
import { selectRows } from './select';

/** Runs one statement (not SET and `@name :=`, which the script's runner takes) in a transaction of its own. */
export function executeStatement(
  statement: Exclude<Statement, { readonly kind: 'set' | 'assign' }>,
  context: StatementContext,
): Promise<StatementResult> {
  switch (statement.kind) {
    case 'query':
      return selectRows(statement.query, context);
    case 'createTable':
      return createTable(statement, context);
    case 'createView':
      return createView(statement, context);
    case 'insert':
      return insertRows([statement], context);
    case 'multiInsert':
      return insertRows(statement.inserts, context);
    case 'drop':
      return dropObject(statement, context);
    case 'truncate':
      return truncateTable(statement, context);
    case 'alter':
      return alterTable(statement, context);
    case 'showTables':
      return Promise.resolve(showTables(statement, context));
    case 'showPartitions':
      return Promise.resolve(showPartitions(statement, context));
    case 'showCreate':
      return Promise.resolve(showCreate(statement.table, context));
    case 'describe':
      return Promise.resolve(describeTable(statement, context));
    case 'explain':
      throw unsupported(undefined, 'EXPLAIN');
  }
}
