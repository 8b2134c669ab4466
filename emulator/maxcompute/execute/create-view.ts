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
  const { warehouse } = context;
  const { table, orReplace, ifNotExists } = statement;
  checkName(table);
  await warehouse.change(async () => {
    const known = warehouse.catalog.find(table.name);
    if (known && ifNotExists) return { change: {}, result: undefined };
    if (known && (known.kind === 'table' || !orReplace)) {
      throw semanticError(
        table.at,
        `table or view ${warehouse.project}.${known.name} already exists`,
      );
    }
    return { change: { put: [newView(statement, context, known)] }, result: undefined };
  }, context.connection);
  return DONE;
}

function newView(
  { table, query, comment, columns: named }: CreateView,
  { warehouse, session }: StatementContext,
  known: StoredTable | undefined,
): StoredTable {
  const bound = translateQuery({ tokens: query, session, use: 'view' });
  if (named.length > 0 && named.length !== bound.columns.length) {
    throw semanticError(
      table.at,
      `the view has ${bound.columns.length} columns, not ${named.length}`,
    );
  }
  const columns = bound.columns.map((column, index) => ({
    name: named[index]?.name ?? column.name,
    comment: named[index]?.comment,
    type: concreteType(column.type),
    nullable: true,
  }));
  checkColumns(columns, table.at);
  return {
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
}

/** The tokens as text again; blanks and comments are not kept. */
function queryText(tokens: CreateView['query']): string {
  return tokens
    .filter((token) => token.kind !== 'end')
    .map((token) => token.text)
    .join(' ');
}
