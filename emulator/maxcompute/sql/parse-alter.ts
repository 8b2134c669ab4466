import { unsupported } from './errors';
import { columnDefinition, partitionSpec, properties, tableName } from './parse-parts';
import type { AlterAction, PartitionSpec, Statement } from './statement';
import type { TokenReader } from './token-reader';

/** `ALTER TABLE t …` with one action. */
export function parseAlter(reader: TokenReader): Statement {
  reader.expect('ALTER');
  if (!reader.take('TABLE')) {
    throw unsupported(reader.current, `ALTER ${reader.current.text.toUpperCase()}`);
  }
  const table = tableName(reader);
  const action = alterAction(reader);
  reader.expectEnd();
  return { kind: 'alter', table, action };
}

function alterAction(reader: TokenReader): AlterAction {
  if (reader.take('ADD')) return addAction(reader);
  if (reader.take('DROP')) return dropAction(reader);
  if (reader.take('SET')) return setAction(reader);
  if (reader.take('CHANGE')) return changeAction(reader);
  if (reader.take('RENAME', 'TO')) return { kind: 'rename', to: reader.identifier() };
  if (reader.take('CHANGEOWNER', 'TO')) return { kind: 'changeOwner', owner: reader.string() };
  if (reader.take('TOUCH')) {
    return { kind: 'touch', spec: reader.take('PARTITION') ? partitionSpec(reader) : undefined };
  }
  throw unsupported(reader.current, `ALTER TABLE … ${reader.current.text.toUpperCase()}`);
}

function addAction(reader: TokenReader): AlterAction {
  if (reader.take('COLUMNS')) {
    const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
    return {
      kind: 'addColumns',
      ifNotExists,
      columns: reader.list(() => columnDefinition(reader)),
    };
  }
  if (reader.take('COLUMN')) {
    const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
    return { kind: 'addColumns', ifNotExists, columns: [columnDefinition(reader)] };
  }
  const ifNotExists = reader.take('IF', 'NOT', 'EXISTS');
  return { kind: 'addPartitions', ifNotExists, specs: partitions(reader) };
}

function dropAction(reader: TokenReader): AlterAction {
  if (reader.take('COLUMNS') || reader.take('COLUMN')) {
    const columns = [reader.identifier()];
    while (reader.takeOp(',')) columns.push(reader.identifier());
    return { kind: 'dropColumns', columns };
  }
  const ifExists = reader.take('IF', 'EXISTS');
  return { kind: 'dropPartitions', ifExists, specs: partitions(reader) };
}

function partitions(reader: TokenReader): readonly PartitionSpec[] {
  const specs: PartitionSpec[] = [];
  reader.expect('PARTITION');
  do specs.push(partitionSpec(reader));
  while (reader.take('PARTITION') || takeSeparated(reader));
  return specs;
}

function takeSeparated(reader: TokenReader): boolean {
  return reader.takeOp(',') && reader.take('PARTITION');
}

function setAction(reader: TokenReader): AlterAction {
  if (reader.take('LIFECYCLE')) return { kind: 'setLifecycle', days: reader.integer() };
  if (reader.take('COMMENT')) return { kind: 'setComment', comment: reader.string() };
  if (reader.take('TBLPROPERTIES')) {
    return { kind: 'setProperties', properties: properties(reader) };
  }
  throw unsupported(reader.current, `ALTER TABLE … SET ${reader.current.text.toUpperCase()}`);
}

function changeAction(reader: TokenReader): AlterAction {
  reader.expect('COLUMN');
  const from = reader.identifier();
  if (reader.take('RENAME', 'TO')) return { kind: 'renameColumn', from, to: reader.identifier() };
  if (reader.take('COMMENT')) {
    return { kind: 'commentColumn', column: from, comment: reader.string() };
  }
  throw unsupported(reader.current, 'ALTER TABLE … CHANGE COLUMN with a new type');
}
