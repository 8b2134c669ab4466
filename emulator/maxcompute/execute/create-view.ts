import { semanticError } from '../sql/errors';
import type { CreateView } from '../sql/statement';
import { translateQuery } from '../sql/translate';
import { concreteType } from '../sql/types';
import type { StoredTable } from '../store/table';
import { DONE, type StatementContext, type StatementResult } from './context';
import { checkColumns, checkName } from './table-rules';

/** CREATE [OR REPLACE] VIEW [IF NOT EXISTS]: checked now, bound again on every use. */
export async function createView(
  statement: CreateView,
  context: StatementContext,
): Promise<StatementResult> {
  const { warehouse, session } = context;
  const { table, orReplace, ifNotExists, query, comment } = statement;
  checkName(table);
  const known = warehouse.catalog.find(table.name);
  if (known && ifNotExists) return DONE;
  if (known && (known.kind === 'table' || !orReplace)) {
    throw semanticError(
      table.at,
      `table or view ${warehouse.project}.${known.name} already exists`,
    );
  }
  const bound = translateQuery({ tokens: query, session, use: 'view' });
  if (statement.columns.length > 0 && statement.columns.length !== bound.columns.length) {
    throw semanticError(
      table.at,
      `the view has ${bound.columns.length} columns, not ${statement.columns.length}`,
    );
  }
  const columns = bound.columns.map((column, index) => ({
    name: statement.columns[index]?.name ?? column.name,
    comment: statement.columns[index]?.comment,
    type: concreteType(column.type),
    nullable: true,
  }));
  checkColumns(columns, table.at);
  const view: StoredTable = {
    id: known?.id ?? warehouse.catalog.nextId(),
    name: table.name,
    kind: 'view',
    columns,
    partitionKeys: [],
    comment,
    owner: warehouse.owner,
    properties: {},
    viewText: queryText(query),
    created: known?.created ?? session.now,
    ddlTime: session.now,
    modified: session.now,
    records: 0,
  };
  await warehouse.change(
    async () => ({ change: { put: [view] }, result: undefined }),
    context.connection,
  );
  return DONE;
}

/** The tokens as text again; blanks and comments are not kept. */
function queryText(tokens: CreateView['query']): string {
  return tokens
    .filter((token) => token.kind !== 'end')
    .map((token) => token.text)
    .join(' ');
}
