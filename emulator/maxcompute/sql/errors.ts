/** A place in the submitted SQL, both numbers from 1, as MaxCompute prints it: `[line,column]`. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** An error as MaxCompute words it; `message` starts with the ODPS code. */
export class OdpsError extends Error {
  readonly code: string;

  constructor({
    code,
    position,
    text,
  }: {
    readonly code: string;
    readonly position?: Position;
    readonly text: string;
  }) {
    super(`${code}:${position ? `[${position.line},${position.column}] ` : ''}${text}`);
    this.name = 'OdpsError';
    this.code = code;
  }
}

/** ODPS-0130161: the text isn't MaxCompute SQL. */
export function parseError(position: Position, text: string): OdpsError {
  return new OdpsError({ code: 'ODPS-0130161', position, text: `Parse exception - ${text}` });
}

/** ODPS-0130071: well-formed SQL that means nothing (types, names, arguments). */
export function semanticError(position: Position | undefined, text: string): OdpsError {
  return new OdpsError({
    code: 'ODPS-0130071',
    position,
    text: `Semantic analysis exception - ${text}`,
  });
}

/** ODPS-0130131: no such table or view. */
export function tableNotFound(position: Position | undefined, table: string): OdpsError {
  return new OdpsError({
    code: 'ODPS-0130131',
    position,
    text: `Table not found - table ${table} cannot be resolved`,
  });
}

/** ODPS-0130071 for a function that MaxCompute's table of functions doesn't have. */
export function functionNotFound(position: Position | undefined, name: string): OdpsError {
  return semanticError(position, `function or view '${name}' cannot be resolved`);
}

/** Real MaxCompute may have it, this local one hasn't: said by name, never answered wrongly. */
export function unsupported(position: Position | undefined, what: string): OdpsError {
  return semanticError(position, `${what} is not supported by the local MaxCompute`);
}
